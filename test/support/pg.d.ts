// The part of `pg` that the tests use. The package has no types.
declare module 'pg' {
  import type { EventEmitter } from 'node:events';

  class Client extends EventEmitter {
    constructor(config: { connectionString: string; connectionTimeoutMillis?: number });
    connect(): Promise<void>;
    // biome-ignore lint/suspicious/noExplicitAny: the query determines the type of the rows
    query(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
    end(): Promise<void>;
  }

  const pg: { Client: typeof Client };
  export default pg;
}
