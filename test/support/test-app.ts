// The very app of production, started for tests: its own database, its own Redis, a gateway of the tests' own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Cluster, Redis } from 'ioredis';
import { startApp } from '../../src/app.ts';
import { readConfig } from '../../src/config/load-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { Api } from './api.ts';
import { expectEveryKeyToEnd } from './keyspace.ts';
import { createDatabase } from './postgres-server.ts';
import { projectRoot } from './project-root.ts';
import { hasRedisServer, type RedisServer, startEmbeddedRedis, startRedis } from './redis-server.ts';
import { templateDatabase } from './template-database.ts';
import { TestGateway } from './test-gateway.ts';

export interface TestApp {
  readonly url: string;
  readonly api: Api;
  readonly gateway: TestGateway;
  /** A client of the tests' own, past the service. */
  readonly redis: Redis | Cluster;
  /** `undefined` where the embedded database stands in for a platform without packaged PostgreSQL. */
  readonly databaseUrl: string | undefined;
  /** All that was logged, line by line, as JSON. */
  readonly log: string[];
  readonly stop: () => Promise<void>;
}

export interface TestAppOptions {
  /** Settings beside those that point at the servers. */
  readonly settings?: Record<string, string>;
  readonly redis?: RedisServer;
  /** The way of the service to that Redis, where it is not the straight one. */
  readonly redisUrl?: string;
  readonly databaseUrl?: string;
  readonly gatewayUrl?: string;
}

/** Wide enough that only a test about an allowance meets one. */
const ROOMY = {
  CAPTCHA_PER_ADDRESS_PER_MINUTE: '100000',
  SMS_PER_ADDRESS_PER_HOUR: '100000',
  SMS_PER_RANGE_PER_HOUR: '100000',
  SMS_PER_DAY: '100000',
  VERIFY_PER_ADDRESS_PER_HOUR: '100000',
};

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const redisServer = options.redis ?? (await startSomeRedis());
  const gateway = new TestGateway();
  const gatewayUrl = await gateway.start();
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase());
  const config = readConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'debug',
    REDIS_URL: options.redisUrl ?? redisServer.url,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    CODE_SECRET: 'a secret of the tests, 32 bytes and more',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_ACCOUNT_SID: '8a216da85f0000000000000000000001',
    YUNTONGXUN_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
    YUNTONGXUN_APP_ID: '8a216da85f0000000000000000000002',
    YUNTONGXUN_BASE_URL: options.gatewayUrl ?? gatewayUrl,
    ...ROOMY,
    ...options.settings,
  });
  const log: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const logger = createLogger({ level: config.logLevel, production: true, destination });
  const dataDirectory = await mkdtemp(join(tmpdir(), 'yanzheng-data-'));
  const app = await startApp(config, {
    logger,
    dataDirectory,
    pagesDirectory: join(projectRoot, 'web/dist'),
    print: (line) => log.push(line),
  });
  const redis = redisClient(redisServer.url);
  return {
    url: app.url,
    api: new Api(app.url, redis),
    gateway,
    redis,
    databaseUrl,
    log,
    async stop() {
      await app.stop();
      try {
        await expectEveryKeyToEnd(redis);
      } finally {
        await redis.quit();
        await gateway.stop();
        if (!options.redis) await redisServer.stop();
        await rm(dataDirectory, { recursive: true });
      }
    },
  };
}

/** The real one where there is one. */
export function startSomeRedis(): Promise<RedisServer> {
  return hasRedisServer() ? startRedis() : startEmbeddedRedis();
}

/** A migrated database of its own, on the PostgreSQL of this run. */
export async function createTestDatabase(): Promise<string | undefined> {
  const url = process.env.TEST_POSTGRES_URL;
  return url === undefined ? undefined : createDatabase({ url }, templateDatabase);
}

export function redisClient(url: string): Redis | Cluster {
  return url.includes(',') ? new Cluster(url.split(',')) : new Redis(url);
}
