// The lockout of a mobile on every kind of Redis: ten failures within an hour, or a hundred in a row.

import { beforeEach, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import type {
  SmsCodeAttempt,
  VerificationLocked,
} from '../../src/verification/codes/sms-code-attempt.store.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, newMobile } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withSmsCodeAttempts } from './sms-code-attempt-fixture.ts';

const { REGISTER, LOGIN } = SmsCodePurpose;
const HOUR_SECONDS = 3600;
const YEAR_SECONDS = 365 * 24 * HOUR_SECONDS;

describeEachRedis('the lockout of a mobile', (kind) => {
  const { redis, attempts, openCode, consume } = withSmsCodeAttempts(kind);
  let mobile: Mobile;
  beforeEach(() => {
    mobile = newMobile();
  });

  const open = (purpose = REGISTER) => openCode(purpose, mobile);
  const codeKey = () => keys.smsCode(REGISTER, mobile);
  const recentFailuresKey = () => keys.recentFailures(REGISTER, mobile);
  const streakKey = (purpose = REGISTER) => keys.failureStreak(purpose, mobile);

  async function count<Kind extends 'counted' | 'locked'>(expected: Kind, purpose = REGISTER) {
    const result = await attempts.count(purpose, mobile);
    expect(result.kind).toBe(expected);
    return result as Extract<SmsCodeAttempt | VerificationLocked, { kind: Kind }>;
  }
  /** Fails a number of attempts. Returns the remaining attempts after each. */
  async function fail(times: number): Promise<number[]> {
    const remaining: number[] = [];
    while (remaining.length < times) remaining.push((await count('counted')).attemptsRemaining);
    return remaining;
  }
  async function redisTimeMs(): Promise<number> {
    const [seconds, microseconds] = await redis.client.time();
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }

  it('starts after ten failures within an hour, across several codes, and reports the seconds to wait', async () => {
    await open();
    expect(await fail(3)).toEqual([4, 3, 2]);
    await redis.client.del(codeKey());
    await open();
    expect(await fail(5)).toEqual([4, 3, 2, 1, 0]);
    await open();
    // The code alone would leave four and three attempts.
    expect(await fail(2)).toEqual([1, 0]);
    const { retryAfterSeconds } = await count('locked');
    expect(retryAfterSeconds).toBeGreaterThan(HOUR_SECONDS - 10);
    expect(retryAfterSeconds).toBeLessThanOrEqual(HOUR_SECONDS);
  });

  it('does not end with a new code', async () => {
    await open();
    await fail(5);
    await open();
    await fail(5);
    await open();
    await count('locked');
  });

  it('applies to one purpose only', async () => {
    await open();
    await fail(5);
    await open();
    await fail(5);
    await count('locked');
    await open(LOGIN);
    expect(await count('counted', LOGIN)).toMatchObject({ attemptsRemaining: 4 });
  });

  it('ends when the oldest of ten failures is an hour old', async () => {
    await open();
    await fail(5);
    await open();
    await fail(5);
    const nowMs = await redisTimeMs();
    await redis.client.lset(recentFailuresKey(), -1, nowMs - HOUR_SECONDS * 1000 + 5000);
    await open();
    const { retryAfterSeconds } = await count('locked');
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(4);
    expect(retryAfterSeconds).toBeLessThanOrEqual(5);
    await redis.client.lset(recentFailuresKey(), -1, nowMs - HOUR_SECONDS * 1000 - 1);
    expect(await count('counted')).toMatchObject({ attemptsRemaining: 0 });
  });

  it('ignores failures that are more than an hour old', async () => {
    await open();
    const oldMs = (await redisTimeMs()) - HOUR_SECONDS * 1000 - 1000;
    await redis.client.lpush(recentFailuresKey(), ...Array(8).fill(oldMs));
    await redis.client.expire(recentFailuresKey(), 1000);
    expect(await count('counted')).toMatchObject({ attemptsRemaining: 4 });
  });

  it('starts after 100 failures in a row and lasts until the failures are reset', async () => {
    await open();
    await redis.client.set(streakKey(), 98, 'EX', 1000);
    expect(await fail(2)).toEqual([1, 0]);
    expect(await count('locked')).toEqual({ kind: 'locked', retryAfterSeconds: YEAR_SECONDS });
    expect(await attempts.resetFailures(mobile)).toBe(true);
    expect(await count('counted')).toMatchObject({ attemptsRemaining: 2 });
  });

  it('ends after ten failures within an hour when the failures are reset', async () => {
    await open();
    await fail(5);
    await open();
    await fail(5);
    await open();
    await count('locked');
    expect(await attempts.resetFailures(mobile)).toBe(true);
    expect(await count('counted')).toMatchObject({ attemptsRemaining: 4 });
  });

  it('is reset for all purposes at once', async () => {
    for (const purpose of [REGISTER, LOGIN]) {
      await open(purpose);
      await redis.client.set(streakKey(purpose), 100, 'EX', 1000);
    }
    await attempts.resetFailures(mobile);
    for (const purpose of [REGISTER, LOGIN])
      expect(await count('counted', purpose)).toMatchObject({ attemptsRemaining: 4 });
  });

  it('reports whether a reset removed any failures', async () => {
    await open();
    await fail(1);
    expect(await attempts.resetFailures(mobile)).toBe(true);
    expect(await attempts.resetFailures(mobile)).toBe(false);
  });

  it('counts failures in a row from zero again after a success', async () => {
    await open();
    await redis.client.set(streakKey(), 98, 'EX', 1000);
    expect(await consume(await count('counted'))).toBe(true);
    expect(await redis.client.exists(streakKey())).toBe(0);
  });
});
