// The app of production, started for tests: with a database, a Redis and an SMS gateway of its own.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach } from '@jest/globals';
import { Cluster, Redis } from 'ioredis';
import { startApp } from '../../src/app.ts';
import type { Tracing } from '../../src/common/tracing.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { createLogger } from '../../src/observability/logger.ts';
import { Api } from './api.ts';
import { expectEveryKeyToEnd } from './keyspace.ts';
import { createDatabase } from './postgres-server.ts';
import { projectRoot } from './project-root.ts';
import { hasRedisServer, type RedisServer, startEmbeddedRedis, startRedis } from './redis-server.ts';
import { templateDatabase } from './template-database.ts';
import { TestGateway } from './test-gateway.ts';
import { CODE_SECRET, permissiveLimits, yuntongxunSettings } from './test-settings.ts';

export interface TestApp {
  readonly url: string;
  readonly metricsUrl: string;
  readonly api: Api;
  readonly gateway: TestGateway;
  /** A client of the tests, which bypasses the service. */
  readonly redis: Redis | Cluster;
  /** `undefined` where the embedded database replaces PostgreSQL, on a platform without a package of it. */
  readonly databaseUrl: string | undefined;
  /** All that was logged, one JSON object per entry. */
  readonly log: string[];
  /** May be called more than once. */
  readonly stop: () => Promise<void>;
}

export interface TestAppOptions {
  /** Settings besides those that point at the servers. */
  readonly settings?: Record<string, string>;
  readonly redis?: RedisServer;
  /** The URL under which the service reaches that Redis, if it differs: that of a proxy. */
  readonly redisUrl?: string;
  readonly databaseUrl?: string;
  readonly gatewayUrl?: string;
  readonly tracing?: Tracing;
}

/** Registers what has to be stopped after the app. The last one registered is stopped first. */
export type OnStop = (stop: () => Promise<unknown>) => void;

/**
 * Starts one app for the tests of the enclosing `describe` or file, and stops it after them. Before each test the gateway
 * accepts every SMS again, and its requests and the log are empty. The result may be used inside tests and hooks only.
 *
 * A function as `options` starts the servers that the app needs, and registers their end with `onStop`.
 */
export function withTestApp(
  options: TestAppOptions | ((onStop: OnStop) => Promise<TestAppOptions>) = {},
): TestApp {
  let app: TestApp | undefined;
  const stops: (() => Promise<unknown>)[] = [];
  const running = (): TestApp => {
    if (!app) throw new Error('withTestApp: the app runs only while the tests of its suite run');
    return app;
  };
  beforeAll(async () => {
    app = await startTestApp(
      typeof options === 'function' ? await options((stop) => stops.push(stop)) : options,
    );
  });
  beforeEach(() => {
    running().gateway.reset();
    running().log.length = 0;
  });
  afterAll(async () => {
    try {
      await app?.stop();
    } finally {
      for (const stop of stops.toReversed()) await stop();
    }
  });
  return {
    get url() {
      return running().url;
    },
    get metricsUrl() {
      return running().metricsUrl;
    },
    get api() {
      return running().api;
    },
    get gateway() {
      return running().gateway;
    },
    get redis() {
      return running().redis;
    },
    get databaseUrl() {
      return running().databaseUrl;
    },
    get log() {
      return running().log;
    },
    stop: () => running().stop(),
  };
}

/** Runs a test with an app of its own, and stops the app. */
export async function usingTestApp(
  options: TestAppOptions,
  test: (app: TestApp) => Promise<void>,
): Promise<void> {
  const app = await startTestApp(options);
  try {
    await test(app);
  } finally {
    await app.stop();
  }
}

export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const redisServer = options.redis ?? (await startSomeRedis());
  const gateway = new TestGateway();
  const gatewayUrl = await gateway.start();
  const databaseUrl = options.databaseUrl ?? (await createTestDatabase());
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    LOG_LEVEL: 'debug',
    REDIS_URL: options.redisUrl ?? redisServer.url,
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    CODE_SECRET,
    ...yuntongxunSettings(options.gatewayUrl ?? gatewayUrl),
    ...permissiveLimits,
    ...options.settings,
  });
  const log: string[] = [];
  const destination = new Writable({
    write(chunk, _encoding, done) {
      log.push(String(chunk));
      done();
    },
  });
  const traceId = options.tracing?.traceId;
  const logger = createLogger({
    level: config.logLevel,
    production: true,
    destination,
    ...(traceId && { traceId }),
  });
  const dataDirectory = await mkdtemp(join(tmpdir(), 'yanzheng-data-'));
  const app = await startApp(config, {
    logger,
    version: '0.0.0-test',
    ...(options.tracing && { tracing: options.tracing }),
    dataDirectory,
    pagesDirectory: join(projectRoot, 'web/dist'),
    print: (line) => log.push(line),
  });
  const redis = redisClient(redisServer.url);
  const stop = async () => {
    await app.stop();
    try {
      await expectEveryKeyToEnd(redis);
    } finally {
      await redis.quit();
      await gateway.stop();
      if (!options.redis) await redisServer.stop();
      await rm(dataDirectory, { recursive: true });
    }
  };
  let stopped: Promise<void> | undefined;
  return {
    url: app.url,
    metricsUrl: app.metricsUrl,
    api: new Api(app.url, redis),
    gateway,
    redis,
    databaseUrl,
    log,
    stop() {
      stopped ??= stop();
      return stopped;
    },
  };
}

/** A real Redis if this machine has one, else the embedded one. */
export function startSomeRedis(): Promise<RedisServer> {
  return hasRedisServer() ? startRedis() : startEmbeddedRedis();
}

/** A new, migrated database on the PostgreSQL of this run. */
export async function createTestDatabase(): Promise<string | undefined> {
  const url = process.env.TEST_POSTGRES_URL;
  return url === undefined ? undefined : createDatabase({ url }, templateDatabase);
}

export function redisClient(url: string): Redis | Cluster {
  return url.includes(',') ? new Cluster(url.split(',')) : new Redis(url);
}
