// The little of `pg` that the tests use; the package comes with MikroORM and has no types of its own.
declare module 'pg' {
  import type { EventEmitter } from 'node:events';

  class Client extends EventEmitter {
    constructor(config: { connectionString: string; connectionTimeoutMillis?: number });
    connect(): Promise<void>;
    // biome-ignore lint/suspicious/noExplicitAny: the rows are whatever the query asks for
    query(text: string, values?: unknown[]): Promise<{ rows: any[] }>;
    end(): Promise<void>;
  }

  const pg: { Client: typeof Client };
  export default pg;
}
