// Opens PostgreSQL: the server of DATABASE_URL, or the embedded one.

import { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import { DeadlineExceededError, withDeadline } from '../../common/deadline.ts';
import { POSTGRES_CLOSE_TIMEOUT_MS } from '../../config/time-budgets.ts';
import { importEmbedded } from '../embedded/import-embedded.ts';
import {
  type DatabaseDefinition,
  postgresOptions,
  type SqlOrm,
  type TimeoutProfile,
} from './mikro-orm-options.ts';

export interface OpenDatabase {
  readonly orm: SqlOrm;
  readonly definition: DatabaseDefinition;
  readonly isEmbedded: boolean;
  readonly close: () => Promise<void>;
}

/**
 * Opens the server at `url`, or the embedded database if `url` is undefined.
 * @throws DataDirectoryInUseError if another process uses the embedded database.
 */
export async function openDatabase(
  url: string | undefined,
  definition: DatabaseDefinition,
  dataDirectory: string,
  timeouts: TimeoutProfile = 'requests',
): Promise<OpenDatabase> {
  if (url === undefined) return openEmbedded(definition, dataDirectory);
  const orm = await MikroORM.init<AbstractSqlDriver>(postgresOptions(url, definition, timeouts));
  return { orm, definition, isEmbedded: false, close: () => closeServer(orm) };
}

async function openEmbedded(definition: DatabaseDefinition, dataDirectory: string): Promise<OpenDatabase> {
  // Imported on demand: production does not use PGlite and need not load it.
  const { lockEmbeddedPostgres } = await importEmbedded(
    'DATABASE_URL',
    () => import('../embedded/embedded-postgres.ts'),
  );
  const { options, releaseLock } = lockEmbeddedPostgres(dataDirectory, definition);
  try {
    const orm = await MikroORM.init<AbstractSqlDriver>(options);
    return { orm, definition, isEmbedded: true, close: () => orm.close(true).finally(releaseLock) };
  } catch (error) {
    releaseLock();
    throw error;
  }
}

/** A server that does not answer must not delay the shutdown. */
async function closeServer(orm: SqlOrm): Promise<void> {
  await withDeadline(POSTGRES_CLOSE_TIMEOUT_MS, () => orm.close(true)).catch((error) => {
    if (!(error instanceof DeadlineExceededError)) throw error;
  });
}
