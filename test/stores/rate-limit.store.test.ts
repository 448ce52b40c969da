// Allowances on every kind of Redis: exact however many ask at once.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import { RateLimitStore } from '../../src/rate-limiting/rate-limit.store.ts';
import type { RateLimit } from '../../src/rate-limiting/rate-limit.ts';
import { RateLimitScope, TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { connectRedisTo } from '../support/redis-dependency.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeEachRedis } from '../support/suites.ts';

let lastSubject = 0;

function allowance(limit: number, windowSeconds: number, name = ''): RateLimit {
  lastSubject += 1;
  return { key: `{test}:${lastSubject}:${name}`, scope: RateLimitScope.MOBILE, limit, windowSeconds };
}

describeEachRedis('an allowance', (kind) => {
  let server: RedisServer;
  let client: Redis | Cluster;
  let store: RateLimitStore;
  beforeAll(async () => {
    server = await kind.start();
    const connected = await connectRedisTo(server.url);
    client = connected.client;
    store = new RateLimitStore(connected.dependency);
  });
  afterAll(async () => {
    await client?.quit();
    await server?.stop();
  });

  const reserve = async (...allowances: RateLimit[]) => store.reserve(allowances);

  it('admits exactly its limit of 500 callers at once', async () => {
    const hundred = allowance(100, 60);
    const results = await Promise.all(Array.from({ length: 500 }, () => reserve(hundred)));
    expect(results.filter((result) => result instanceof TooManyRequestsError)).toHaveLength(400);
  });

  it('takes from all or from none, and names the one that has room last', async () => {
    const [gap, day] = [
      allowance(1, 60, 'gap'),
      { ...allowance(5, 86_400, 'day'), scope: RateLimitScope.SERVICE },
    ];
    expect(await reserve(gap, day)).toBeUndefined();
    for (let tries = 0; tries < 10; tries += 1) {
      expect(await reserve(gap, day)).toMatchObject({ scope: 'MOBILE', retryAfterSeconds: 60 });
    }
    expect(await client.llen(day.key)).toBe(1);

    const rest = await Promise.all(Array.from({ length: 6 }, () => reserve(day)));
    expect(rest.filter((result) => result instanceof TooManyRequestsError)).toHaveLength(2);
    expect(await reserve(gap, day)).toMatchObject({ scope: 'SERVICE' });
  });

  it('has room again exactly when its oldest entry leaves the window', async () => {
    const two = allowance(2, 100);
    await reserve(two);
    await reserve(two);
    const firstMs = Number(await client.lindex(two.key, -1));
    // The entries move into the past, since no test can wait for a window.
    const shift = (ms: number) => client.lset(two.key, -1, firstMs - ms);
    await shift(99_000);
    expect(await reserve(two)).toMatchObject({ retryAfterSeconds: 1 });
    await shift(100_001);
    expect(await reserve(two)).toBeUndefined();
    expect(await client.llen(two.key)).toBe(2);
  });

  it('never leaves a key without an end', async () => {
    const used = [allowance(1, 60), allowance(3, 3600)];
    await reserve(...used);
    await reserve(...used);
    for (const { key, windowSeconds } of used) {
      const lifeMs = await client.pttl(key);
      expect(lifeMs).toBeGreaterThan(0);
      expect(lifeMs).toBeLessThanOrEqual(windowSeconds * 1000);
    }
  });
});
