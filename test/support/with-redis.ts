// The set-up of a suite that needs Redis: a server of its own, and a client with all scripts of the service.

import { afterAll, beforeAll } from '@jest/globals';
import type { RedisClient, RedisDependency } from '../../src/common/redis/redis-client.ts';
import { createDependencyClient } from '../../src/infrastructure/dependency-client.ts';
import { openRedis } from '../../src/infrastructure/redis/open-redis.ts';
import { type RedisScripts, redisScripts } from '../../src/redis-scripts.ts';
import { expectEveryKeyToEnd } from './keyspace.ts';
import type { RedisServer } from './redis-server.ts';
import type { RedisKind } from './suites.ts';

export interface TestRedis {
  readonly server: RedisServer;
  readonly client: RedisClient<RedisScripts>;
  /** Has a long time limit, and throws the errors of Redis as they are. */
  readonly dependency: RedisDependency<RedisScripts>;
}

const CONNECT_TIMEOUT_MS = 5000;
/** 500 scripts at once keep the embedded Redis busy. */
const CALL_TIMEOUT_MS = 15_000;

/**
 * Starts the server before the tests of the current suite. After them, asserts that every key has a TTL, and stops the
 * server. The fields can be read only while the tests run.
 */
export function withRedis(kind: Pick<RedisKind, 'start'>): TestRedis {
  let server: RedisServer | undefined;
  let client: RedisClient<RedisScripts> | undefined;

  beforeAll(async () => {
    server = await kind.start();
    const opened = await openRedis({
      url: server.url,
      scripts: redisScripts,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      onError: () => {},
    });
    client = opened.client;
  });
  afterAll(async () => {
    try {
      if (client) await expectEveryKeyToEnd(client);
    } finally {
      await client?.quit();
      await server?.stop();
    }
  });

  return {
    get server() {
      return running(server);
    },
    get client() {
      return running(client);
    },
    dependency: createDependencyClient(() => running(client), {
      name: 'redis',
      timeoutMs: CALL_TIMEOUT_MS,
      isOutage: () => false,
      observe() {},
    }),
  };
}

function running<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('withRedis: Redis runs only while the tests of its suite run');
  return value;
}
