// The check of `maxmemory-policy`: every key has a TTL, so each policy but `noeviction` evicts rate limits.

import { afterEach, expect, it } from '@jest/globals';
import {
  checkEvictionPolicy,
  type EvictionPolicyFacts,
} from '../../src/infrastructure/redis/eviction-policy.ts';
import { openRedis } from '../../src/infrastructure/redis/open-redis.ts';
import { eventually } from '../support/eventually.ts';
import { startRedisCluster } from '../support/redis-cluster.ts';
import { type RedisSettings, startRedis, withClient } from '../support/redis-server.ts';
import { describeWithRedis } from '../support/suites.ts';

interface Reported {
  readonly unsafe: EvictionPolicyFacts[];
  readonly unreadable: EvictionPolicyFacts[];
}

describeWithRedis('the check of maxmemory-policy', () => {
  const stops: (() => Promise<unknown>)[] = [];
  afterEach(async () => {
    for (const stop of stops.splice(0).toReversed()) await stop();
  });

  const server = async (settings: RedisSettings) => {
    const redis = await startRedis(settings);
    stops.push(() => redis.stop());
    return redis;
  };

  /** Connects and checks; `failure` is what the check threw. */
  const check = async (url: string, isRequired: boolean, connectTimeoutMs = 5000) => {
    const redis = await openRedis({ url, scripts: [], connectTimeoutMs, onError() {} });
    stops.push(redis.close);
    const reported: Reported = { unsafe: [], unreadable: [] };
    const failure = await checkEvictionPolicy(redis.client, {
      isRequired,
      log: {
        unsafe: (facts) => reported.unsafe.push(facts),
        unreadable: (facts) => reported.unreadable.push(facts),
      },
    }).catch((error) => error);
    return { failure, reported };
  };

  it('accepts noeviction', async () => {
    const { url } = await server({ 'maxmemory-policy': 'noeviction' });
    expect(await check(url, true)).toEqual({ failure: undefined, reported: { unsafe: [], unreadable: [] } });
  });

  it.each(['volatile-lru', 'allkeys-random', 'volatile-ttl'])('rejects %s in production', async (policy) => {
    const { url } = await server({ 'maxmemory-policy': policy });
    const { failure } = await check(url, true);
    const { host } = new URL(url);
    expect(String(failure)).toBe(
      `EvictionPolicyError: Redis evicts rate limits when its memory is full: set maxmemory-policy noeviction on ${host} (${policy}).`,
    );
  });

  it('reports another policy outside production', async () => {
    const { url } = await server({ 'maxmemory-policy': 'volatile-lru' });
    const { failure, reported } = await check(url, false);
    expect(failure).toBeUndefined();
    expect(reported.unsafe).toEqual([{ node: new URL(url).host, policy: 'volatile-lru' }]);
  });

  it('reads the policy of every master of a Cluster', async () => {
    const cluster = await startRedisCluster();
    stops.push(() => cluster.stop());
    const [, , last] = cluster.nodes;
    await withClient(String(last?.url), (redis) => redis.config('SET', 'maxmemory-policy', 'allkeys-lru'));
    const { failure } = await check(cluster.url, true);
    expect(String(failure)).toContain(`on ${new URL(String(last?.url)).host} (allkeys-lru).`);
  });

  it('reports a server without CONFIG, with the policy that INFO shows', async () => {
    const { url } = await server({ 'rename-command': ['CONFIG', ''], 'maxmemory-policy': 'volatile-lru' });
    const { failure, reported } = await check(url, true);
    expect(failure).toBeUndefined();
    expect(reported.unreadable).toMatchObject([
      { policy: 'volatile-lru', err: { message: expect.stringContaining('unknown command') } },
    ]);
  });

  it('reports a user who may use neither CONFIG nor INFO', async () => {
    const { url } = await server({});
    await withClient(url, (redis) =>
      redis.acl('SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-config', '-info'),
    );
    const { failure, reported } = await check(url.replace('redis://', 'redis://limited:secret@'), true);
    expect(failure).toBeUndefined();
    expect(reported.unreadable).toMatchObject([
      { policy: undefined, err: { message: expect.stringContaining('NOPERM') } },
    ]);
  });

  it('follows the first connection if Redis is down at the start, and then only reports', async () => {
    const redis = await server({ 'maxmemory-policy': 'volatile-lru' });
    await redis.kill();
    const { failure, reported } = await check(redis.url, true, 100);
    expect([failure, reported.unsafe]).toEqual([undefined, []]);
    await redis.restart();
    await eventually(async () => reported.unsafe.length > 0);
    expect(reported.unsafe).toEqual([{ node: new URL(redis.url).host, policy: 'volatile-lru' }]);
  });
});
