// PostgreSQL through MikroORM.

import type { AnyEntity, EntityClass, MigrationObject, MikroORM } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, SqlOptions } from '@mikro-orm/sql';

/** What is kept in the database, and how it came to be; the features' business. */
export interface DatabaseContent {
  readonly entities: EntityClass<AnyEntity>[];
  readonly migrations: MigrationObject[];
}

const CONNECTIONS = 10;
/** The server itself ends a statement after this, so that none outlives the one who waits for it. */
const STATEMENT_TIMEOUT_MS = 2000;

export type SqlOrm = MikroORM<AbstractSqlDriver>;

/** Options that do not depend on where the database is. */
export function databaseOptions({ entities, migrations }: DatabaseContent): SqlOptions {
  return {
    entities,
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, emit: 'ts' },
    // Each call forks its own entity manager; a shared one would mix requests.
    allowGlobalContext: false,
    // MikroORM's own words go to stdout past the log, and quote values.
    debug: false,
    logger: () => {},
  };
}

export function postgresOptions(url: string, content: DatabaseContent): SqlOptions {
  return {
    ...databaseOptions(content),
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: CONNECTIONS },
    driverOptions: {
      connectionTimeoutMillis: STATEMENT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      query_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
    },
  };
}

/** SQLSTATE classes of a server that cannot work now: connection, resources, operator's intervention, system. */
const OUTAGE_STATES = /^(08|53|57|58)|^25006$/;

/** An error without an SQLSTATE never came from the server: there was no connection or no answer. */
export function isDatabaseOutage(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code) || OUTAGE_STATES.test(code);
}

/** Names of the migrations that the database has yet to see. */
export async function pendingMigrations(orm: SqlOrm): Promise<string[]> {
  return (await orm.migrator.getPending()).map(({ name }) => name);
}
