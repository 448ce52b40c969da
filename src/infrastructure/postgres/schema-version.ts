// Compares the migrations that the database has with those that the service needs.

import { isDatabaseOutage } from './database-outage.ts';
import type { SqlOrm } from './mikro-orm-options.ts';
import type { OpenDatabase } from './open-database.ts';

const UNDEFINED_TABLE = '42P01';

/** PostgreSQL is unavailable, or its schema is not the one that the service needs. */
export class DatabaseNotReadyError extends Error {
  override readonly name = 'DatabaseNotReadyError';
}

/**
 * Migrates the embedded database. Other databases are only checked, because other instances may use them.
 * @throws DatabaseNotReadyError if migrations are pending or PostgreSQL is unavailable.
 */
export async function prepareSchema(database: OpenDatabase): Promise<void> {
  if (database.isEmbedded) {
    await database.orm.migrator.up();
    return;
  }
  const pending = await pendingMigrations(database);
  if (pending.length > 0) {
    throw new DatabaseNotReadyError(
      `The database has pending migrations: ${pending.join(', ')}. Run: npm run migrate`,
    );
  }
}

/**
 * The names of the migrations that the database does not have, in order.
 * @throws DatabaseNotReadyError if PostgreSQL is unavailable.
 */
export async function pendingMigrations({ orm, definition }: OpenDatabase): Promise<string[]> {
  try {
    const applied = await appliedMigrations(orm);
    return definition.migrations.map(({ name }) => name).filter((name) => !applied.has(name));
  } catch (error) {
    throw isDatabaseOutage(error)
      ? new DatabaseNotReadyError(`PostgreSQL is unavailable: ${(error as Error).message}`)
      : error;
  }
}

/** Plain SQL: MikroORM's migrator would create its table, and even the database, in order to read it. */
async function appliedMigrations(orm: SqlOrm): Promise<ReadonlySet<string>> {
  try {
    const sql = 'select name from mikro_orm_migrations';
    const rows = await orm.em.fork().execute<{ name: string }[]>(sql);
    return new Set(rows.map(({ name }) => name));
  } catch (error) {
    if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return new Set();
    throw error;
  }
}
