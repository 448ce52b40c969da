// The options of MikroORM's command line, `npm run mikro-orm`.

import type { SqlOptions } from '@mikro-orm/sql';
import { MigrationGenerator, migrationFileName } from './migration-generator.ts';
import { type DatabaseDefinition, postgresOptions } from './mikro-orm-options.ts';

/**
 * Options for the server at `url`, or for the embedded database if `url` is undefined.
 * @param migrationsDirectory where `migration:create` writes. Its `.snapshot.json` describes the tables after all
 *   migrations, so that `migration:create` and `migration:check` need no database.
 * @throws DataDirectoryInUseError if another process uses the embedded database.
 */
export async function commandLineOptions(
  url: string | undefined,
  definition: DatabaseDefinition,
  dataDirectory: string,
  migrationsDirectory: string,
): Promise<SqlOptions> {
  const options =
    url === undefined
      ? await embeddedOptions(definition, dataDirectory)
      : postgresOptions(url, definition, 'migrations');
  return {
    ...options,
    logger: console.log,
    migrations: { ...options.migrations, ...migrationFiles(migrationsDirectory) },
  };
}

/** Where migrations are written, and how. */
export function migrationFiles(directory: string): SqlOptions['migrations'] {
  return {
    path: directory,
    fileName: migrationFileName,
    generator: MigrationGenerator,
    snapshot: true,
    snapshotName: '.snapshot',
    snapshotOnMigrate: false,
  };
}

async function embeddedOptions(definition: DatabaseDefinition, dataDirectory: string): Promise<SqlOptions> {
  const { lockEmbeddedPostgres } = await import('../embedded/embedded-postgres.ts');
  const { options, releaseLock } = lockEmbeddedPostgres(dataDirectory, definition);
  process.once('exit', releaseLock);
  return options;
}
