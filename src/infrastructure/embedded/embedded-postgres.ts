// PostgreSQL 18 in this process (PGlite), stored in a directory. For development only.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { PgliteDriver } from '@mikro-orm/pglite';
import type { SqlOptions } from '@mikro-orm/sql';
import { commonOptions, type DatabaseDefinition } from '../postgres/mikro-orm-options.ts';
import { lockDataDirectory } from './data-directory-lock.ts';

/** PostgreSQL cannot read the files of another major version, so the version is part of the name. */
const DIRECTORY = 'pg18';

export interface LockedPostgres {
  readonly options: SqlOptions;
  readonly releaseLock: () => void;
}

/**
 * Locks the embedded database of `dataDirectory` for this process.
 * @throws DataDirectoryInUseError if another process uses it.
 */
export function lockEmbeddedPostgres(dataDirectory: string, definition: DatabaseDefinition): LockedPostgres {
  const directory = join(dataDirectory, DIRECTORY);
  const releaseLock = lockDataDirectory(directory);
  try {
    // PostgreSQL gives its data directory these permissions, too.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    releaseLock();
    throw error;
  }
  return { options: { ...commonOptions(definition), driver: PgliteDriver, dbName: directory }, releaseLock };
}
