// The options of MikroORM for PostgreSQL.

import type { AnyEntity, EntityClass, MigrationObject, MikroORM } from '@mikro-orm/core';
import { ReflectMetadataProvider } from '@mikro-orm/decorators/legacy';
import { Migrator } from '@mikro-orm/migrations';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import type { AbstractSqlDriver, SqlOptions } from '@mikro-orm/sql';
import {
  POSTGRES_CONNECT_TIMEOUT_MS,
  POSTGRES_CONNECTION_LIFETIME_SECONDS,
  POSTGRES_QUERY_TIMEOUT_MS,
} from '../../config/time-budgets.ts';

/** The tables of the database. The features define them. */
export interface DatabaseDefinition {
  readonly entities: EntityClass<AnyEntity>[];
  readonly migrations: MigrationObject[];
}

export type SqlOrm = MikroORM<AbstractSqlDriver>;

const MAX_CONNECTIONS = 10;

/** Options that are the same for every database. */
export function commonOptions({ entities, migrations }: DatabaseDefinition): SqlOptions {
  return {
    entities,
    metadataProvider: ReflectMetadataProvider,
    extensions: [Migrator],
    migrations: { migrationsList: migrations, snapshot: false, emit: 'ts' },
    // A call that uses entities forks its own entity manager. A shared one would mix the state of concurrent requests.
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
      connectionTimeoutMillis: POSTGRES_CONNECT_TIMEOUT_MS,
      maxLifetimeSeconds: POSTGRES_CONNECTION_LIFETIME_SECONDS,
      keepAlive: true,
      ...(timeouts === 'requests' && { query_timeout: POSTGRES_QUERY_TIMEOUT_MS }),
    },
  };
}
