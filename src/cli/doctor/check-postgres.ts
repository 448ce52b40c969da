// PostgreSQL: its version, its migrations, its connections and its clock.

import { databaseDefinition } from '../../database-definition.ts';
import { type OpenDatabase, openDatabase } from '../../infrastructure/postgres/open-database.ts';
import { pendingMigrations } from '../../infrastructure/postgres/schema-version.ts';
import { clockFinding, error, type Finding, ok, warning } from './finding.ts';

const MINIMUM_VERSION = 13;
/** Of one instance. */
const POOL_SIZE = 10;

interface ServerFacts {
  readonly version: number;
  readonly nowMs: number;
  readonly maxConnections: number;
}

/** Does not throw. */
export async function checkPostgres(url: string | undefined, dataDirectory: string): Promise<Finding[]> {
  if (url === undefined)
    return [warning('DATABASE_URL is unset: embedded PostgreSQL', 'Production requires a server.')];
  let database: OpenDatabase | undefined;
  try {
    database = await openDatabase(url, databaseDefinition, dataDirectory, 'migrations');
    return await checkServer(database);
  } catch (cause) {
    // The message of a driver may quote the URL. That of an outage names the cause.
    const { name, code } = cause as NodeJS.ErrnoException;
    return [
      error(
        `PostgreSQL does not answer: ${code ?? name}`,
        'Check DATABASE_URL with its password, the network and the server: psql "$DATABASE_URL" -c "select 1"',
      ),
    ];
  } finally {
    await database?.close().catch(() => {});
  }
}

async function checkServer(database: OpenDatabase): Promise<Finding[]> {
  const beforeMs = Date.now();
  const [facts] = await database.orm.em.fork().execute<ServerFacts[]>(
    `select current_setting('server_version_num')::int / 10000 as version,
       (extract(epoch from clock_timestamp()) * 1000)::float8 as "nowMs",
       current_setting('max_connections')::int as "maxConnections"`,
  );
  const { version, nowMs, maxConnections } = facts as ServerFacts;
  const clock = clockFinding('PostgreSQL', nowMs, beforeMs, Date.now());
  const pending = await pendingMigrations(database);
  return [
    version >= MINIMUM_VERSION
      ? ok(`PostgreSQL has version ${version}`)
      : error(`PostgreSQL has version ${version}`, `Update it: ${MINIMUM_VERSION} or newer is required.`),
    pending.length === 0
      ? ok('no migration is pending')
      : error(`pending migrations: ${pending.join(', ')}`, 'Run yanzheng migrate.'),
    maxConnections >= 3 * POOL_SIZE
      ? ok(`PostgreSQL has ${maxConnections} connections`)
      : warning(
          `PostgreSQL has max_connections ${maxConnections}`,
          `An instance uses up to ${POOL_SIZE}. Raise it, or use PgBouncer.`,
        ),
    clock,
  ];
}
