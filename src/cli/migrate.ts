// `yanzheng migrate`: applies all pending migrations.

import { loadConfig } from '../config/load-config.ts';
import { pendingMigrations } from '../infrastructure/postgres/schema-version.ts';
import type { Command } from './command.ts';
import { withDatabase } from './with-database.ts';

export const migrate: Command = {
  name: 'migrate',
  args: '',
  summary: 'Applies pending database migrations',
  help: [
    'Run it once before the start of a new version, not in each instance. A service whose database has pending migrations does',
    'not start. Required setting: DATABASE_URL.',
  ],
  /** @throws DatabaseNotReadyError if PostgreSQL is unavailable, DataDirectoryInUseError if the service uses the embedded one. */
  async run({ environment, dataDirectory }) {
    const config = loadConfig(environment, 'database');
    return withDatabase(config, dataDirectory, async (database) => {
      // Fails if the database does not exist. The migrator alone would create one for a mistyped name.
      await pendingMigrations(database);
      const applied = (await database.orm.migrator.up()).map(({ name }) => name);
      return {
        lines: applied.length > 0 ? applied.map((name) => `applied ${name}`) : ['no pending migrations'],
        json: { applied },
      };
    });
  },
};
