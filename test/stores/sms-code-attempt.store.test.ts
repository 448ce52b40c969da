// Attempts at codes on every kind of Redis: counted before the code is compared, and one attempt consumes the code.

import { beforeEach, expect, it } from '@jest/globals';
import { type Mobile, numberRange } from '../../src/common/phone-number.ts';
import type { SmsCodeAttempt } from '../../src/verification/codes/sms-code-attempt.store.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, newMobile } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withSmsCodeAttempts } from './sms-code-attempt-fixture.ts';

const { REGISTER, LOGIN } = SmsCodePurpose;

describeEachRedis('SmsCodeAttemptStore', (kind) => {
  const { redis, attempts, openCode, consume } = withSmsCodeAttempts(kind);
  let mobile: Mobile;
  beforeEach(() => {
    mobile = newMobile();
  });

  const open = (purpose = REGISTER, of = mobile) => openCode(purpose, of);
  const codeKey = () => keys.smsCode(REGISTER, mobile);
  const recentFailuresKey = () => keys.recentFailures(REGISTER, mobile);
  const streakKey = () => keys.failureStreak(REGISTER, mobile);
  async function counted(): Promise<SmsCodeAttempt> {
    const result = await attempts.count(REGISTER, mobile);
    expect(result.kind).toBe('counted');
    return result as SmsCodeAttempt;
  }

  it('counts exactly five of 200 concurrent attempts, and all five as failures', async () => {
    await open();
    const results = await Promise.all(Array.from({ length: 200 }, () => attempts.count(REGISTER, mobile)));
    const remaining = results.flatMap((result) =>
      result.kind === 'counted' ? [result.attemptsRemaining] : [],
    );
    expect(remaining.sort()).toEqual([0, 1, 2, 3, 4]);
    expect(results.filter((result) => result.kind === 'noCode')).toHaveLength(195);
    expect(await redis.client.hget(codeKey(), 'attempts')).toBe('5');
    expect(await redis.client.llen(recentFailuresKey())).toBe(5);
    expect(await redis.client.get(streakKey())).toBe('5');
  });

  it('lets one of five concurrent correct attempts consume the code, and leaves no failures', async () => {
    await open();
    const correct = await Promise.all(Array.from({ length: 5 }, () => counted()));
    const consumed = await Promise.all(correct.map((attempt) => consume(attempt)));
    expect(consumed.filter(Boolean)).toHaveLength(1);
    expect(await redis.client.exists(codeKey())).toBe(0);
    expect(await redis.client.exists(recentFailuresKey())).toBe(0);
    expect(await redis.client.exists(streakKey())).toBe(0);
  });

  it('does not count a correct attempt as a failure when another attempt consumed the code first', async () => {
    await open();
    const [winner, late] = [await counted(), await counted()];
    await consume(winner);
    await redis.client.set(streakKey(), 7, 'EX', 1000);
    expect(await consume(late)).toBe(false);
    expect(await redis.client.exists(streakKey())).toBe(0);
    expect(await redis.client.exists(recentFailuresKey())).toBe(0);
  });

  it('does not recreate a consumed code for an attempt in flight', async () => {
    await open();
    const [winner, late] = [await counted(), await counted()];
    expect(await consume(winner)).toBe(true);
    expect(await attempts.count(REGISTER, mobile)).toEqual({ kind: 'noCode' });
    expect(await consume(late)).toBe(false);
    expect(await redis.client.exists(codeKey())).toBe(0);
  });

  it('does not consume a new code for an attempt at the old one', async () => {
    await open();
    const late = await counted();
    await redis.client.del(codeKey());
    await open();
    expect(await consume(late)).toBe(false);
    expect(await redis.client.exists(codeKey())).toBe(1);
  });

  it('counts nothing while no code is open', async () => {
    await open(LOGIN);
    for (let tries = 0; tries < 20; tries += 1)
      expect(await attempts.count(REGISTER, mobile)).toEqual({ kind: 'noCode' });
    expect(await redis.client.exists(recentFailuresKey())).toBe(0);
    expect(await redis.client.exists(streakKey())).toBe(0);
    expect(await redis.client.exists(codeKey())).toBe(0);
  });

  it('releases the number-range reservations of all SMS that carried a consumed code, and no others', async () => {
    const neighbor = `${mobile.slice(0, -1)}${9 - Number(mobile.at(-1))}` as Mobile;
    expect(numberRange(neighbor)).toBe(numberRange(mobile));
    await redis.client.del(keys.rangeLimit(mobile, 'hour'));
    await open();
    await open();
    await open(REGISTER, neighbor);
    expect(await redis.client.llen(keys.rangeLimit(mobile, 'hour'))).toBe(3);
    expect(await consume(await counted())).toBe(true);
    expect(await redis.client.llen(keys.rangeLimit(mobile, 'hour'))).toBe(1);
  });

  it('does not change the expiry of the code', async () => {
    await open();
    await redis.client.pexpire(codeKey(), 1000);
    await counted();
    expect(await redis.client.pttl(codeKey())).toBeLessThanOrEqual(1000);
  });

  it('gives the next SMS a new code after the fifth attempt', async () => {
    const remaining = async () => {
      const values: number[] = [];
      while (values.length < 5) values.push((await counted()).attemptsRemaining);
      return values;
    };
    await open();
    expect(await remaining()).toEqual([4, 3, 2, 1, 0]);
    const nonce = await redis.client.hget(codeKey(), 'nonce');
    await open();
    expect(await redis.client.hget(codeKey(), 'nonce')).not.toBe(nonce);
    expect(await remaining()).toEqual([4, 3, 2, 1, 0]);
  });
});
