// The PostgreSQL that the settings name, or the embedded one; its migrations looked after.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/core';
import type { AbstractSqlDriver } from '@mikro-orm/sql';
import { DeadlineExceeded, withDeadline } from '../shared/deadline.ts';
import {
  type DatabaseContent,
  isDatabaseOutage,
  type Patience,
  pendingMigrations,
  postgresOptions,
  type SqlOrm,
} from './database.ts';
import { lockDataDirectory } from './embedded/data-lock.ts';

const LEAVE_AT_MOST_MS = 1000;

export interface OpenDatabase {
  readonly orm: SqlOrm;
  readonly content: DatabaseContent;
  readonly isEmbedded: boolean;
  readonly close: () => Promise<void>;
}

/** The directory belongs to one major version of PostgreSQL, which its name says. */
const EMBEDDED_DIRECTORY = 'pg18';

/** @throws DataDirectoryInUse if another process has the embedded database. */
export async function openDatabase(
  url: string | undefined,
  content: DatabaseContent,
  dataDirectory: string,
  patience: Patience = 'requests',
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
    const { embeddedPostgresOptions } = await import('./embedded/embedded-postgres.ts');
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
    if (!(error instanceof DeadlineExceeded)) throw error;
  });
}

/** The database is there but not as the program needs it, or not there at all. */
export class DatabaseNotReady extends Error {
  override readonly name = 'DatabaseNotReady';
}

/**
 * A database of our own is brought up to date; one that others share is not changed by a mere start.
 * @throws DatabaseNotReady naming the migrations that are missing, or saying that nothing answers.
 */
export async function prepareSchema({ orm, isEmbedded, content }: OpenDatabase): Promise<void> {
  if (isEmbedded) {
    await orm.migrator.up();
    return;
  }
  const pending = await lookForPending(orm, content);
  if (pending.length > 0) {
    throw new DatabaseNotReady(`The database lacks ${pending.join(', ')}. Run: npm run migrate`);
  }
}

/** @throws DatabaseNotReady if there is no database to look into. */
export async function lookForPending(orm: SqlOrm, content: DatabaseContent): Promise<string[]> {
  try {
    return await pendingMigrations(orm, content);
  } catch (error) {
    throw isDatabaseOutage(error)
      ? new DatabaseNotReady(`PostgreSQL cannot be used: ${(error as Error).message}`)
      : error;
  }
}
