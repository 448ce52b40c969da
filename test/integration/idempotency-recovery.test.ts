// Requests whose process died or stops while they are in flight.

import { describe, expect, it } from '@jest/globals';
import { countTypes, expectType, zh } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { countEntries } from '../support/keyspace.ts';
import { UNAVAILABLE } from '../support/outages.ts';
import { captchaKey, idempotencyKey } from '../support/redis-keys.ts';
import { redisClient, startSomeRedis, startTestApp, withTestApp } from '../support/test-app.ts';
import { holdAnswers } from '../support/test-gateway.ts';
import { newSmsRequest } from '../support/verification.ts';

const CAPTCHA_LIFETIME_MS = 180_000;

describe('a repeated request whose first process died', () => {
  const app = withTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });

  /** Claims the request as a process would that died so long ago. */
  async function claim(key: string, agoMs: number): Promise<void> {
    await app.redis.set(key, 'pending of a process that died', 'PX', CAPTCHA_LIFETIME_MS - agoMs);
  }

  it('receives an error within the time limit, sends nothing, and later finds the captcha redeemed', async () => {
    const request = await newSmsRequest(app);
    const key = idempotencyKey(request);
    await app.redis.del(captchaKey(request.captchaId));
    // A request takes 3.5 s at most: 0.5 s for the gateway, 3 s for the rest.
    await claim(key, 3300);
    const startedMs = performance.now();
    expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
    expect(performance.now() - startedMs).toBeGreaterThan(150);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
    await app.redis.pexpire(key, 1);
    await eventually(async () => (await app.redis.exists(key)) === 0);
    expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it.each([
    ['two seconds', 2100],
    ['a minute', 60_000],
  ])(
    'sends its one SMS if that was %s ago and the captcha is unredeemed, and counts once',
    async (_time, agoMs) => {
      const request = await newSmsRequest(app);
      const before = await countEntries(app.redis);
      await claim(idempotencyKey(request), agoMs);
      const outcomes = await Promise.all(Array.from({ length: 20 }, () => app.api.requestSmsCode(request)));
      expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 20 });
      expect(app.gateway.requests).toHaveLength(1);
      const counts = await countEntries(app.redis);
      expect(counts['ratelimit:range:hour']).toBe((before['ratelimit:range:hour'] ?? 0) + 1);
      expect(counts['ratelimit:send:hour']).toBe((before['ratelimit:send:hour'] ?? 0) + 1);
    },
  );
});

describe('the response to a request in flight', () => {
  it('is stored although the service stops', async () => {
    const server = await startSomeRedis();
    const redis = redisClient(server.url);
    try {
      const app = await startTestApp({ redis: server });
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const request = await newSmsRequest(app);
      const outcome = app.api.requestSmsCode(request);
      await eventually(async () => held.waiting === 1);
      const stopped = app.stop();
      setImmediate(held.release);
      expectType(await outcome, 'SmsCodeSent');
      await stopped;
      expect(await redis.get(idempotencyKey(request))).toContain('SmsCodeSent');
    } finally {
      await redis.quit();
      await server.stop();
    }
  });
});
