// Rate limits on every kind of Redis: exact under concurrency, a sliding window, and a TTL on every key.

import { expect, it } from '@jest/globals';
import { randomToken } from '../../src/common/random-id.ts';
import { RateLimitStore } from '../../src/rate-limiting/rate-limit.store.ts';
import type { RateLimitExceeded } from '../../src/rate-limiting/rate-limit.ts';
import { newAddress, onlyLimit, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

/** The limit of a new address. */
function captchaLimit(limit: number, windowSeconds: number) {
  return { ...onlyLimit(rateLimitsWith().of('issueCaptcha', newAddress())), limit, windowSeconds };
}

describeEachRedis('RateLimitStore', (kind) => {
  const redis = withRedis(kind);
  const store = new RateLimitStore(redis.dependency);
  const reserve = (limit: ReturnType<typeof captchaLimit>) =>
    store.reserve('issueCaptcha', [limit], randomToken());

  it('admits exactly 100 of 500 concurrent reservations at a limit of 100', async () => {
    const limit = captchaLimit(100, 60);
    const results = await Promise.all(Array.from({ length: 500 }, () => reserve(limit)));
    expect(results.filter((result) => result.kind === 'reserved')).toHaveLength(100);
    expect(results.filter((result) => result.kind === 'exceeded')).toHaveLength(400);
  });

  it('reports the scope and the seconds to wait when the limit is exceeded, and reserves nothing', async () => {
    const limit = captchaLimit(1, 60);
    expect(await reserve(limit)).toMatchObject({ kind: 'reserved' });
    for (let tries = 0; tries < 10; tries += 1) {
      const exceeded = (await reserve(limit)) as RateLimitExceeded;
      expect(exceeded).toMatchObject({ kind: 'exceeded', scope: 'ADDRESS' });
      expect(exceeded.retryAfterSeconds).toBeLessThanOrEqual(60);
      expect(exceeded.retryAfterSeconds).toBeGreaterThan(50);
    }
    expect(await redis.client.llen(limit.key)).toBe(1);
  });

  it('counts each address separately', async () => {
    const [limit, other] = [captchaLimit(1, 60), captchaLimit(1, 60)];
    await reserve(limit);
    expect(await reserve(limit)).toMatchObject({ kind: 'exceeded' });
    expect(await reserve(other)).toMatchObject({ kind: 'reserved' });
  });

  it('admits another reservation as soon as the oldest leaves the window', async () => {
    const limit = captchaLimit(2, 100);
    await reserve(limit);
    await reserve(limit);
    const firstMs = Number((await redis.client.lindex(limit.key, -1))?.split(':')[0]);
    // The test moves the reservation into the past, because it cannot wait for the window.
    const moveBack = (ms: number) => redis.client.lset(limit.key, -1, `${firstMs - ms}:moved`);
    await moveBack(99_000);
    expect(await reserve(limit)).toMatchObject({ kind: 'exceeded', retryAfterSeconds: 1 });
    await moveBack(100_001);
    expect(await reserve(limit)).toMatchObject({ kind: 'reserved' });
    expect(await redis.client.llen(limit.key)).toBe(2);
  });

  it('waits no longer than the window when the clock of Redis went backwards', async () => {
    const limit = captchaLimit(1, 100);
    await reserve(limit);
    const [firstMs = 0] = (await redis.client.lindex(limit.key, 0))?.split(':').map(Number) ?? [];
    await redis.client.lset(limit.key, 0, `${firstMs + 3_600_000}:ahead`);
    expect(await reserve(limit)).toMatchObject({ kind: 'exceeded', retryAfterSeconds: 100 });
  });

  it('gives every key a TTL no longer than its window', async () => {
    const rateLimits = rateLimitsWith();
    for (const action of ['issueCaptcha', 'requestSmsCode', 'verifySmsCode'] as const) {
      const limits = rateLimits.of(action, newAddress());
      await store.reserve(action, limits, randomToken());
      await store.reserve(action, limits, randomToken());
      for (const { key, windowSeconds } of limits) {
        const ttlMs = await redis.client.pttl(key);
        expect(ttlMs).toBeGreaterThan(0);
        expect(ttlMs).toBeLessThanOrEqual(windowSeconds * 1000);
      }
    }
  });
});
