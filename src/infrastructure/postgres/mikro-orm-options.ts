// The options of MikroORM for PostgreSQL.

import type { AnyEntity, EntityClass, MigrationObject, MikroORM } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, SqlOptions } from '@mikro-orm/sql';

/** The tables of the database. The features define them. */
export interface DatabaseDefinition {
  readonly entities: EntityClass<AnyEntity>[];
  readonly migrations: MigrationObject[];
}

export type SqlOrm = MikroORM<AbstractSqlDriver>;

const MAX_CONNECTIONS = 10;
const CONNECT_TIMEOUT_MS = 2000;
const QUERY_TIMEOUT_MS = 2000;
/** A connection to a host that disappeared without closing it is replaced after this time. */
const CONNECTION_MAX_LIFETIME_SECONDS = 10;

/** Options that are the same for every database. */
export function commonOptions({ entities, migrations }: DatabaseDefinition): SqlOptions {
  return {
    entities,
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, emit: 'ts' },
    // Each call forks its own entity manager. A shared one would mix the state of concurrent requests.
    allowGlobalContext: false,
    // MikroORM writes to stdout instead of the log, and its messages contain the values of queries.
    debug: false,
    logger: () => {},
  };
}

/** A query of a request has a timeout. A query of a migration has none. */
export type TimeoutProfile = 'requests' | 'migrations';

export function postgresOptions(
  url: string,
  definition: DatabaseDefinition,
  timeouts: TimeoutProfile,
): SqlOptions {
  return {
    ...commonOptions(definition),
    driver: PostgreSqlDriver,
    clientUrl: url,
    pool: { min: 0, max: MAX_CONNECTIONS },
    // PgBouncer rejects connections that set session parameters, so none are set here.
    driverOptions: {
      // MikroORM drops the parameters of `clientUrl`, for example `sslmode`. The driver needs the whole URL.
      connectionString: url,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      maxLifetimeSeconds: CONNECTION_MAX_LIFETIME_SECONDS,
      keepAlive: true,
      ...(timeouts === 'requests' && { query_timeout: QUERY_TIMEOUT_MS }),
    },
  };
}
