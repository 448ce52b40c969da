// Attempts at codes on every kind of Redis: counted before anything is compared, consumed by one, failures kept.

import { createSecretKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { rangeKey } from '../../src/common/redis/keys.ts';
import type { RedisClient } from '../../src/common/redis/redis-client.ts';
import { RateLimitScope, TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { SmsCodeStore } from '../../src/verification/codes/sms-code.store.ts';
import {
  type SmsCodeAttempt,
  SmsCodeAttemptStore,
} from '../../src/verification/codes/sms-code-attempt.store.ts';
import { SmsCodePurpose } from '../../src/verification/verification.schema.ts';
import { SmsCodeExpiredError } from '../../src/verification/verify-sms-code/verify-sms-code.schema.ts';
import { freshMobile } from '../support/api.ts';
import { expectEveryKeyToEnd } from '../support/keyspace.ts';
import { connectRedisTo } from '../support/redis-dependency.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeEachRedis } from '../support/suites.ts';

const { REGISTER, LOGIN } = SmsCodePurpose;
const hash = createKeyedHash(createSecretKey(Buffer.from('a secret of the tests, 32 bytes and more')));

describeEachRedis('attempts at a code', (kind) => {
  let server: RedisServer;
  let client: RedisClient;
  let codes: SmsCodeStore;
  let attempts: SmsCodeAttemptStore;
  let mobile: Mobile;
  beforeAll(async () => {
    server = await kind.start();
    const connected = await connectRedisTo(server.url);
    client = connected.client;
    codes = new SmsCodeStore(connected.dependency, hash, 300);
    attempts = new SmsCodeAttemptStore(connected.dependency, hash);
  });
  afterAll(async () => {
    try {
      if (client) await expectEveryKeyToEnd(client);
    } finally {
      await client?.quit();
      await server?.stop();
    }
  });
  beforeEach(() => {
    mobile = parseMobile(freshMobile()) as Mobile;
  });

  const open = (purpose = REGISTER) => codes.open(purpose, mobile, [], randomUUID());
  const codeKey = (purpose = REGISTER) => `{sms}:code:${purpose}:${hash('mobile', mobile)}`;
  const failuresKey = () => `{sms}:failures:REGISTER:${hash('mobile', mobile)}:hour`;
  const streakKey = () => `{sms}:failures:REGISTER:${hash('mobile', mobile)}:streak`;
  const counted = async (purpose = REGISTER) => (await attempts.count(purpose, mobile)) as SmsCodeAttempt;
  const rangeAllowance = (of: Mobile) => ({
    key: rangeKey(hash, of),
    scope: RateLimitScope.SERVICE,
    limit: 20,
    windowSeconds: 3600,
  });
  async function remaining(times: number): Promise<number[]> {
    const left: number[] = [];
    while (left.length < times) left.push((await counted()).attemptsRemaining);
    return left;
  }

  it('are five, of 200 at once, and no more are ever compared', async () => {
    await open();
    const results = await Promise.all(Array.from({ length: 200 }, () => attempts.count(REGISTER, mobile)));
    const compared = results.filter((result): result is SmsCodeAttempt => 'nonce' in result);
    expect(compared.map(({ attemptsRemaining }) => attemptsRemaining).sort()).toEqual([0, 1, 2, 3, 4]);
    expect(results.filter((result) => result instanceof SmsCodeExpiredError)).toHaveLength(195);
    expect(await client.hget(codeKey(), 'attempts')).toBe('5');
    expect(await client.llen(failuresKey())).toBe(5);
    expect(await client.get(streakKey())).toBe('5');
  });

  it('are won by one of those who consume it at once, and count as no failure then', async () => {
    await open();
    const right = await Promise.all(Array.from({ length: 5 }, () => counted()));
    expect((await Promise.all(right.map((attempt) => attempt.consume()))).sort()).toEqual([
      false,
      false,
      false,
      false,
      true,
    ]);
    expect(await client.exists(codeKey())).toBe(0);
    expect(await client.exists(failuresKey())).toBe(0);
    expect(await client.exists(streakKey())).toBe(0);
  });

  it('that are right but late count as no failure either', async () => {
    await open();
    const [winner, late] = [await counted(), await counted()];
    await winner.consume();
    await client.set(streakKey(), 7, 'EX', 1000);
    expect(await late.consume()).toBe(false);
    expect(await client.exists(streakKey())).toBe(0);
    expect(await client.exists(failuresKey())).toBe(0);
  });

  it('never bring a code back that was consumed or that expired while they were under way', async () => {
    await open();
    const [winner, late] = [await counted(), await counted()];
    expect(await winner.consume()).toBe(true);
    expect(await attempts.count(REGISTER, mobile)).toBeInstanceOf(SmsCodeExpiredError);
    expect(await late.consume()).toBe(false);
    expect(await client.exists(codeKey())).toBe(0);
  });

  it('at an old code do not consume the one that came after it', async () => {
    await open();
    const late = await counted();
    await client.del(codeKey());
    await open();
    expect(await late.consume()).toBe(false);
    expect(await client.exists(codeKey())).toBe(1);
  });

  it('count nothing where there is no code, so that nobody can be locked out before one was sent', async () => {
    await open(LOGIN);
    for (let tries = 0; tries < 20; tries += 1)
      expect(await attempts.count(REGISTER, mobile)).toBeInstanceOf(SmsCodeExpiredError);
    expect(await client.exists(failuresKey())).toBe(0);
    expect(await client.exists(streakKey())).toBe(0);
    expect(await client.exists(codeKey())).toBe(0);
  });

  it('that prove a code give all its texts back to the range of numbers, and no others', async () => {
    const range = [rangeAllowance(mobile)];
    await codes.open(REGISTER, mobile, range, randomUUID());
    await codes.open(REGISTER, mobile, range, randomUUID());
    const neighbour = parseMobile(`${mobile.slice(3, -1)}${9 - Number(mobile.at(-1))}`) as Mobile;
    await codes.open(REGISTER, neighbour, range, randomUUID());
    expect(await client.llen(String(range[0]?.key))).toBe(3);
    expect(await (await counted()).consume()).toBe(true);
    expect(await client.llen(String(range[0]?.key))).toBe(1);
  });

  it('leave the expiry of the code as it is', async () => {
    await open();
    await client.pexpire(codeKey(), 1000);
    await counted();
    expect(await client.pttl(codeKey())).toBeLessThanOrEqual(1000);
  });

  it('that used a code up are not carried into the next text: it brings a new code', async () => {
    await open();
    expect(await remaining(5)).toEqual([4, 3, 2, 1, 0]);
    const first = await client.hget(codeKey(), 'nonce');
    await open();
    expect(await client.hget(codeKey(), 'nonce')).not.toBe(first);
    expect(await remaining(5)).toEqual([4, 3, 2, 1, 0]);
  });

  it('end for the hour after ten failures, whatever codes they were at, and say when there is room', async () => {
    await open();
    expect(await remaining(3)).toEqual([4, 3, 2]);
    await client.del(codeKey());
    await open();
    expect(await remaining(5)).toEqual([4, 3, 2, 1, 0]);
    await open();
    // The code alone would have four and three left.
    expect(await remaining(2)).toEqual([1, 0]);
    const refusal = (await attempts.count(REGISTER, mobile)) as TooManyRequestsError;
    expect(refusal).toBeInstanceOf(TooManyRequestsError);
    expect(refusal.scope).toBe('MOBILE');
    expect(refusal.retryAfterSeconds).toBeGreaterThan(3590);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(3600);
    await open();
    expect(await attempts.count(REGISTER, mobile)).toBeInstanceOf(TooManyRequestsError);
    await open(LOGIN);
    expect(await counted(LOGIN)).toMatchObject({ attemptsRemaining: 4 });
  });

  it('have room again when the oldest failure is an hour old', async () => {
    await open();
    await remaining(5);
    await open();
    await remaining(5);
    const [seconds, micros] = await client.time();
    const nowMs = Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
    await client.lset(failuresKey(), -1, nowMs - 3_600_000 + 5_000);
    await open();
    const refusal = (await attempts.count(REGISTER, mobile)) as TooManyRequestsError;
    expect(refusal.retryAfterSeconds).toBeGreaterThanOrEqual(4);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(5);
    await client.lset(failuresKey(), -1, nowMs - 3_600_001);
    expect(await counted()).toMatchObject({ attemptsRemaining: 0 });
  });

  it('are not lessened by failures that are more than an hour old', async () => {
    await open();
    const [seconds] = await client.time();
    await client.lpush(failuresKey(), ...Array(8).fill(Number(seconds) * 1000 - 3_601_000));
    await client.expire(failuresKey(), 1000);
    expect(await counted()).toMatchObject({ attemptsRemaining: 4 });
  });

  it('are forgiven for both purposes', async () => {
    for (const purpose of [REGISTER, LOGIN]) {
      await open(purpose);
      await client.set(streakKey().replace('REGISTER', purpose), 100, 'EX', 1000);
    }
    await attempts.forgive(mobile);
    for (const purpose of [REGISTER, LOGIN])
      expect(await counted(purpose)).toMatchObject({ attemptsRemaining: 4 });
  });

  it('stop after 100 failures in a row, until they are forgiven', async () => {
    await open();
    await client.set(streakKey(), 98, 'EX', 1000);
    expect(await remaining(2)).toEqual([1, 0]);
    const refusal = (await attempts.count(REGISTER, mobile)) as TooManyRequestsError;
    expect(refusal.scope).toBe('MOBILE');
    expect(refusal.retryAfterSeconds).toBe(365 * 24 * 3600);
    expect(await attempts.forgive(mobile)).toBe(true);
    expect(await counted()).toMatchObject({ attemptsRemaining: 2 });
    await attempts.forgive(mobile);
    expect(await attempts.forgive(mobile)).toBe(false);
  });

  it('begin to count in a row anew after a success', async () => {
    await open();
    await client.set(streakKey(), 98, 'EX', 1000);
    expect(await (await counted()).consume()).toBe(true);
    expect(await client.exists(streakKey())).toBe(0);
  });
});
