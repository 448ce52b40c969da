// Opens the database for one command.

import type { Config } from '../config/load-config.ts';
import { databaseDefinition } from '../database-definition.ts';
import { type OpenDatabase, openDatabase } from '../infrastructure/postgres/open-database.ts';

/** Closes the database afterwards, also after an error of `run`. */
export async function withDatabase(
  config: Config,
  dataDirectory: string,
  run: (database: OpenDatabase) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(config.databaseUrl, databaseDefinition, dataDirectory, 'migrations');
  try {
    await run(database);
  } finally {
    await database.close();
  }
}
