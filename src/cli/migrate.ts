// `npm run migrate`: applies all pending migrations.

import type { Config } from '../config/load-config.ts';
import { pendingMigrations } from '../infrastructure/postgres/schema-version.ts';
import { withDatabase } from './with-database.ts';

/** @throws DatabaseNotReadyError if PostgreSQL is unavailable, DataDirectoryInUseError if the service uses the embedded one. */
export async function migrate(config: Config, dataDirectory: string): Promise<void> {
  await withDatabase(config, dataDirectory, async (database) => {
    // Fails if the database does not exist. The migrator alone would create one for a mistyped name.
    await pendingMigrations(database);
    const applied = await database.orm.migrator.up();
    const lines = applied.map(({ name }) => `applied ${name}`);
    console.log(lines.length > 0 ? lines.join('\n') : 'no pending migrations');
  });
}
