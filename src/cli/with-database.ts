// Opens the database for one command.

import type { SqlEntityManager } from '@mikro-orm/sql';
import type { Dependency } from '../common/dependency.ts';
import type { Config } from '../config/load-config.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../config/time-budgets.ts';
import { databaseDefinition } from '../database-definition.ts';
import { createDependencyClient } from '../infrastructure/dependency-client.ts';
import { isDatabaseOutage } from '../infrastructure/postgres/database-outage.ts';
import { type OpenDatabase, openDatabase } from '../infrastructure/postgres/open-database.ts';
import { prepareSchema } from '../infrastructure/postgres/schema-version.ts';

/** Closes the database afterwards, also after an error of `run`. */
export async function withDatabase<Result>(
  config: Config,
  dataDirectory: string,
  run: (database: OpenDatabase) => Promise<Result>,
): Promise<Result> {
  const database = await openDatabase(config.databaseUrl, databaseDefinition, dataDirectory, 'migrations');
  try {
    return await run(database);
  } finally {
    await database.close();
  }
}

/**
 * Like `withDatabase`, for a command that uses the tables.
 * @throws DatabaseNotReadyError if migrations are pending or PostgreSQL is unavailable.
 */
export async function withMigratedDatabase<Result>(
  config: Config,
  dataDirectory: string,
  run: (client: Dependency<SqlEntityManager>) => Promise<Result>,
): Promise<Result> {
  return withDatabase(config, dataDirectory, async (database) => {
    await prepareSchema(database);
    const client = createDependencyClient(() => database.orm.em, {
      name: 'postgresql',
      timeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
      isOutage: isDatabaseOutage,
      observe() {},
    });
    return run(client);
  });
}
