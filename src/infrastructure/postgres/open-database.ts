// The PostgreSQL that the settings name, or the embedded one; its migrations looked after.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import { DeadlineExceededError, withDeadline } from '../../common/deadline.ts';
import { lockDataDirectory } from '../embedded/data-directory-lock.ts';
import {
  type DatabaseContent,
  isDatabaseOutage,
  pendingMigrations,
  postgresOptions,
  type SqlOrm,
  type TimeoutProfile,
} from './database.ts';

const LEAVE_AT_MOST_MS = 1000;

export interface OpenDatabase {
  readonly orm: SqlOrm;
  readonly content: DatabaseContent;
  readonly isEmbedded: boolean;
  readonly close: () => Promise<void>;
}

/** The directory belongs to one major version of PostgreSQL, which its name says. */
const EMBEDDED_DIRECTORY = 'pg18';

/** @throws DataDirectoryInUseError if another process has the embedded database. */
export async function openDatabase(
  url: string | undefined,
  content: DatabaseContent,
  dataDirectory: string,
  patience: TimeoutProfile = 'requests',
): Promise<OpenDatabase> {
  if (url !== undefined) {
    const orm = await MikroORM.init<AbstractSqlDriver>(postgresOptions(url, content, patience));
    return { orm, content, isEmbedded: false, close: () => leave(orm) };
  }
  const directory = join(dataDirectory, EMBEDDED_DIRECTORY);
  const unlock = lockDataDirectory(directory);
  try {
    // Nobody else's business, as with the data directory of any PostgreSQL.
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    // Loaded only when wanted: production neither needs it nor should carry it.
    const { embeddedPostgresOptions } = await import('../embedded/embedded-postgres.ts');
    const orm = await MikroORM.init<AbstractSqlDriver>(embeddedPostgresOptions(directory, content));
    return { orm, content, isEmbedded: true, close: () => orm.close(true).finally(unlock) };
  } catch (error) {
    unlock();
    throw error;
  }
}

/** Waits for a good-bye, but not for a server that hangs. */
async function leave(orm: SqlOrm): Promise<void> {
  await withDeadline(LEAVE_AT_MOST_MS, () => orm.close(true)).catch((error) => {
    if (!(error instanceof DeadlineExceededError)) throw error;
  });
}

/** The database is there but not as the program needs it, or not there at all. */
export class DatabaseNotReadyError extends Error {
  override readonly name = 'DatabaseNotReadyError';
}

/**
 * A database of our own is brought up to date; one that others share is not changed by a mere start.
 * @throws DatabaseNotReadyError naming the migrations that are missing, or saying that nothing answers.
 */
export async function prepareSchema({ orm, isEmbedded, content }: OpenDatabase): Promise<void> {
  if (isEmbedded) {
    await orm.migrator.up();
    return;
  }
  const pending = await lookForPending(orm, content);
  if (pending.length > 0) {
    throw new DatabaseNotReadyError(`The database lacks ${pending.join(', ')}. Run: npm run migrate`);
  }
}

/** @throws DatabaseNotReadyError if there is no database to look into. */
export async function lookForPending(orm: SqlOrm, content: DatabaseContent): Promise<string[]> {
  try {
    return await pendingMigrations(orm, content);
  } catch (error) {
    throw isDatabaseOutage(error)
      ? new DatabaseNotReadyError(`PostgreSQL cannot be used: ${(error as Error).message}`)
      : error;
  }
}
