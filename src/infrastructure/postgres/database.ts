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
const CONNECT_TIMEOUT_MS = 2000;
const QUERY_TIMEOUT_MS = 2000;
/** A connection whose other end vanished without a word goes with its age, so that no outage outlives this. */
const CONNECTION_LIFE_SECONDS = 10;

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

/** Requests wait for a moment, migrations for as long as they take. */
export type TimeoutProfile = 'requests' | 'migrations';

export function postgresOptions(url: string, content: DatabaseContent, patience: TimeoutProfile): SqlOptions {
  return {
    ...databaseOptions(content),
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: CONNECTIONS },
    // No settings of the session among them: a PgBouncer in between would refuse the connection.
    driverOptions: {
      // Again, whole: MikroORM drops its parameters, sslmode among them.
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      maxLifetimeSeconds: CONNECTION_LIFE_SECONDS,
      keepAlive: true,
      ...(patience === 'requests' && { query_timeout: QUERY_TIMEOUT_MS }),
    },
  };
}

/**
 * SQLSTATE classes of a server that cannot work now, or not for us: connection, authorisation, resources, operator. A
 * violation of the protocol is among the first, and a bug of ours.
 */
const OUTAGE_STATES = /^(08(?!P01)|28|53|57|58|3D)|^25006$/;
/** Errors of the program itself, which no database can be blamed for. */
const BUGS = new Set(['TypeError', 'ReferenceError', 'RangeError', 'SyntaxError', 'ValidationError']);

/** An error without an SQLSTATE never came from the server: there was no connection or no answer, or a bug of ours. */
export function isDatabaseOutage(error: unknown): boolean {
  const { code, name = '' } = error as { code?: unknown; name?: string };
  const hasState = typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code);
  return hasState ? OUTAGE_STATES.test(code) : !BUGS.has(name);
}

const UNDEFINED_TABLE = '42P01';

/**
 * Names of the migrations that the database has yet to see. Plain SQL, since MikroORM's migrator would create its
 * table, and the database itself, for a mere look.
 */
export async function pendingMigrations(orm: SqlOrm, { migrations }: DatabaseContent): Promise<string[]> {
  const applied = await orm.em
    .fork()
    .execute<{ name: string }[]>('select name from mikro_orm_migrations')
    .catch((error) => {
      if (error.code === UNDEFINED_TABLE) return [];
      throw error;
    });
  const names = new Set(applied.map(({ name }) => name));
  return migrations.map(({ name }) => name).filter((name) => !names.has(name));
}
