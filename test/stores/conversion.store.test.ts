// The counts of accepted and verified SMS on every kind of Redis: exact under concurrency, bounded, and ending by themselves.

import { beforeEach, expect, it } from '@jest/globals';
import { Cluster } from 'ioredis';
import { type CarrierPrefix, carrierPrefixes } from '../../src/sms/routing/carrier-prefix.ts';
import { ConversionStore } from '../../src/sms/routing/conversion.store.ts';
import { BUCKET_MS, bucketOf, WINDOW_BUCKETS } from '../../src/sms/routing/conversion-window.ts';
import { keyspace } from '../support/keyspace.ts';
import { keys } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const MINUTE_MS = 60_000;
const KEY = 'yz:conversion:alpha:138';

describeEachRedis('ConversionStore', (kind) => {
  const redis = withRedis(kind);
  let clockMs = 0;
  const store = new ConversionStore(redis.dependency, keys, () => clockMs);
  let nowMs = 0;

  beforeEach(async () => {
    await redis.server.flush();
    nowMs = Date.now();
    // When the current bucket is complete and settled.
    clockMs = (bucketOf(nowMs) + 1) * BUCKET_MS + 5 * MINUTE_MS;
  });

  const record = async (
    verified: number,
    accepted: number,
    prefix: CarrierPrefix = '138',
    acceptedAtMs = nowMs,
  ) => {
    const calls = Array.from({ length: accepted }, (_, index) => [
      store.recordAccepted('alpha', prefix, acceptedAtMs),
      ...(index < verified ? [store.recordVerified('alpha', prefix, acceptedAtMs)] : []),
    ]);
    return Promise.all(calls.flat());
  };

  it('counts 500 SMS at once, 300 of them verified', async () => {
    expect(await record(300, 500)).toEqual(Array(800).fill(true));
    expect(await store.read(['alpha'])).toEqual([
      { provider: 'alpha', prefix: '138', bucket: bucketOf(nowMs), accepted: 500, verified: 300 },
    ]);
  });

  it('keeps the counts of providers and prefixes apart, in keys that an operator finds by their names', async () => {
    await record(1, 2, '138');
    await record(0, 1, '170');
    await store.recordAccepted('beta', '138', nowMs);
    const bucket = bucketOf(nowMs);
    expect(await store.read(['alpha', 'beta', 'gamma'])).toEqual([
      { provider: 'alpha', prefix: '138', bucket, accepted: 2, verified: 1 },
      { provider: 'alpha', prefix: '170', bucket, accepted: 1, verified: 0 },
      { provider: 'beta', prefix: '138', bucket, accepted: 1, verified: 0 },
    ]);
    expect((await keyspace(redis.client)).toSorted()).toEqual([
      KEY,
      'yz:conversion:alpha:170',
      'yz:conversion:beta:138',
    ]);
    expect(await redis.client.hgetall(KEY)).toEqual({
      [`${bucket}:accepted`]: '2',
      [`${bucket}:verified`]: '1',
    });
  });

  it('counts a verification in the bucket of its SMS, and a bucket when it is complete for five minutes', async () => {
    const earlierMs = nowMs - 3 * BUCKET_MS;
    await record(1, 1, '138', earlierMs);
    const settledMs = (bucketOf(earlierMs) + 1) * BUCKET_MS + 5 * MINUTE_MS;
    clockMs = settledMs - 1;
    expect(await store.read(['alpha'])).toEqual([]);
    clockMs = settledMs;
    expect(await store.read(['alpha'])).toMatchObject([
      { bucket: bucketOf(earlierMs), accepted: 1, verified: 1 },
    ]);
  });

  it('forgets a bucket when it leaves the window', async () => {
    await record(1, 1);
    clockMs = (bucketOf(nowMs) + WINDOW_BUCKETS) * BUCKET_MS;
    expect(await store.read(['alpha'])).toHaveLength(1);
    clockMs += BUCKET_MS;
    expect(await store.read(['alpha'])).toEqual([]);
  });

  it('ignores an SMS older than the window, and one of a clock that is far ahead', async () => {
    const atBucket = (distance: number) => (bucketOf(Date.now()) + distance) * BUCKET_MS;
    for (const acceptedAtMs of [atBucket(-WINDOW_BUCKETS - 1), atBucket(3), 0]) {
      expect(await store.recordVerified('alpha', '138', acceptedAtMs)).toBe(false);
      expect(await store.recordAccepted('alpha', '138', acceptedAtMs)).toBe(false);
    }
    expect(await keyspace(redis.client)).toEqual([]);
    expect(await store.recordAccepted('alpha', '138', atBucket(1))).toBe(true);
    expect(await store.recordAccepted('alpha', '138', atBucket(1 - WINDOW_BUCKETS))).toBe(true);
  });

  it('deletes the buckets that left the window, so a hash has at most two fields for each bucket', async () => {
    // The test writes the earlier buckets by itself, because it cannot wait for the window.
    const current = bucketOf(Date.now());
    const earlier = Array.from({ length: WINDOW_BUCKETS + 30 }, (_, index) => [
      [`${current - index}:accepted`, '5'],
      [`${current - index}:verified`, '5'],
    ]).flat();
    await redis.client.hset(KEY, Object.fromEntries(earlier));
    await record(1, 1, '138', (current + 1) * BUCKET_MS);
    const fields = Object.keys(await redis.client.hgetall(KEY));
    // The window may move by one bucket while the test runs.
    expect(fields.length).toBeLessThanOrEqual(2 * (WINDOW_BUCKETS + 2));
    expect(fields.length).toBeGreaterThanOrEqual(2 * (WINDOW_BUCKETS + 1));
    expect(fields).toContain(`${current + 1}:verified`);
    expect(fields).not.toContain(`${current - WINDOW_BUCKETS - 1}:accepted`);
  });

  it('renews the TTL with each SMS: a little more than the window', async () => {
    await record(0, 1);
    await redis.client.pexpire(KEY, 1000);
    await record(1, 1);
    const ttlMs = await redis.client.pttl(KEY);
    expect(ttlMs).toBeGreaterThan(WINDOW_BUCKETS * BUCKET_MS);
    expect(ttlMs).toBeLessThanOrEqual((WINDOW_BUCKETS + 2) * BUCKET_MS);
  });

  it('never counts more verified SMS than accepted ones, when Redis has lost some', async () => {
    await store.recordAccepted('alpha', '138', nowMs);
    for (let verified = 0; verified < 3; verified += 1) await store.recordVerified('alpha', '138', nowMs);
    expect(await store.read(['alpha'])).toMatchObject([{ accepted: 1, verified: 1 }]);
    await store.recordVerified('alpha', '139', nowMs);
    expect(await store.read(['alpha'])).toHaveLength(1);
  });

  it('reads four providers with all 70 prefixes, whose keys lie on different nodes', async () => {
    const providers = ['alpha', 'beta', 'gamma', 'delta'];
    const pairs = providers.flatMap((provider) =>
      carrierPrefixes.map((prefix) => [provider, prefix] as const),
    );
    await Promise.all(pairs.map(([provider, prefix]) => store.recordAccepted(provider, prefix, nowMs)));
    const counts = await store.read(providers);
    expect(counts.map(({ provider, prefix }) => [provider, prefix])).toEqual(pairs);
    if (!(redis.client instanceof Cluster)) return;
    for (const node of redis.client.nodes('master')) expect(await node.dbsize()).toBeGreaterThan(0);
  });
});
