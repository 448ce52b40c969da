// Open codes on every kind of Redis: opened in one step with the reservations of their SMS, reused by resends, and
// released when their only SMS was not sent.

import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { limitNames, type RateLimits } from '../../src/rate-limiting/limits.ts';
import type { RateLimitExceeded } from '../../src/rate-limiting/rate-limit.ts';
import { rateLimitInput } from '../../src/rate-limiting/rate-limit-script.ts';
import {
  type OpenSmsCode,
  SmsCodeStore,
  smsCodeScripts,
} from '../../src/verification/codes/sms-code.store.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keyspace } from '../support/keyspace.ts';
import { keys, newMobile, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const { REGISTER, LOGIN } = SmsCodePurpose;
const TTL_SECONDS = 300;

const withCooldown = rateLimitsWith({ SMS_RESEND_GAP_SECONDS: 60 });
const withoutCooldown = rateLimitsWith({ SMS_RESEND_GAP_SECONDS: 0 });

describeEachRedis('SmsCodeStore', (kind) => {
  const redis = withRedis(kind);
  const store = new SmsCodeStore(redis.dependency, keys, TTL_SECONDS);

  const open = (mobile: Mobile, rateLimits: RateLimits, purpose = REGISTER) =>
    store.open(purpose, mobile, rateLimits.of('sendSms', mobile), randomUUID(), randomUUID());
  async function opened(mobile: Mobile, rateLimits = withoutCooldown, purpose = REGISTER) {
    const result = await open(mobile, rateLimits, purpose);
    expect(result.kind).toBe('opened');
    return result as OpenSmsCode;
  }
  const codeKey = (mobile: Mobile) => keys.smsCode(REGISTER, mobile);
  const listLengths = async (mobile: Mobile) => {
    const limits = withCooldown.of('sendSms', mobile);
    const lengths = limits.map(async ({ name, key }) => [name, await redis.client.llen(key)]);
    return Object.fromEntries(await Promise.all(lengths));
  };

  it('opens one code for 500 concurrent requests and reserves its limits once', async () => {
    await redis.server.flush();
    const mobile = newMobile();
    const results = await Promise.all(Array.from({ length: 500 }, () => open(mobile, withCooldown)));
    expect(results.filter(({ kind }) => kind === 'opened')).toHaveLength(1);
    expect(results.filter(({ kind }) => kind === 'exceeded')).toHaveLength(499);
    const onceEach = Object.fromEntries(limitNames('sendSms').map((name) => [name, 1]));
    expect(await listLengths(mobile)).toEqual(onceEach);
  });

  it('reserves all limits or none, and reports the exceeded limit that is free again last', async () => {
    await redis.server.flush();
    const rateLimits = rateLimitsWith({ SMS_RESEND_GAP_SECONDS: 60, SMS_PER_RANGE_PER_HOUR: 5 });
    const range = '+861391234';
    const mobile = `${range}0000` as Mobile;
    await opened(mobile, rateLimits);
    for (let tries = 0; tries < 10; tries += 1) {
      const exceeded = await open(mobile, rateLimits);
      expect(exceeded).toMatchObject({ kind: 'exceeded', scope: 'MOBILE' });
      expect((exceeded as RateLimitExceeded).retryAfterSeconds).toBeGreaterThan(50);
    }
    expect(await redis.client.llen(keys.rangeLimit(mobile, 'hour'))).toBe(1);

    const others = await Promise.all(
      Array.from({ length: 6 }, (_, index) => open(`${range}100${index}` as Mobile, rateLimits)),
    );
    expect(others.filter(({ kind }) => kind === 'exceeded')).toHaveLength(2);
    expect(await open(mobile, rateLimits)).toMatchObject({ kind: 'exceeded', scope: 'SERVICE' });
  });

  it('reuses a code that lives longer than a minute, with its attempts and its expiry unchanged', async () => {
    const mobile = newMobile();
    const first = await opened(mobile);
    expect(first.expiresInMs).toBe(TTL_SECONDS * 1000);
    await redis.client.hset(codeKey(mobile), 'attempts', 3);
    await redis.client.pexpire(codeKey(mobile), 61_000);
    const second = await opened(mobile);
    expect(second.nonce).toBe(first.nonce);
    expect(second.expiresInMs).toBeLessThanOrEqual(61_000);
    expect(await redis.client.hget(codeKey(mobile), 'attempts')).toBe('3');
    expect(await redis.client.pttl(codeKey(mobile))).toBeLessThanOrEqual(61_000);
  });

  it('replaces a code that lives a minute or less', async () => {
    const mobile = newMobile();
    const first = await opened(mobile);
    await redis.client.hset(codeKey(mobile), 'attempts', 3);
    await redis.client.pexpire(codeKey(mobile), 60_000);
    const second = await opened(mobile);
    expect(second.nonce).not.toBe(first.nonce);
    expect(second.expiresInMs).toBe(TTL_SECONDS * 1000);
    expect(await redis.client.hget(codeKey(mobile), 'attempts')).toBe('0');
  });

  it('opens a separate code for each purpose', async () => {
    const mobile = newMobile();
    const register = await opened(mobile, withoutCooldown, REGISTER);
    const login = await opened(mobile, withoutCooldown, LOGIN);
    expect(login.nonce).not.toBe(register.nonce);
  });

  it('releases the code and its reservations when its only SMS was not sent', async () => {
    const mobile = newMobile();
    const before = await listLengths(mobile);
    const code = await opened(mobile, withCooldown);
    await store.release(code, withCooldown.of('sendSms', mobile));
    expect(await redis.client.exists(codeKey(mobile))).toBe(0);
    expect(await redis.client.exists(keys.mobileLimit(mobile, 'cooldown'))).toBe(0);
    expect(await listLengths(mobile)).toEqual(before);
    expect(await opened(mobile, withCooldown)).toMatchObject({ expiresInMs: TTL_SECONDS * 1000 });
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])('keeps a code that two SMS carry when the %s was not sent', async (_which, notSent) => {
    const mobile = newMobile();
    const codes = [await opened(mobile), await opened(mobile)];
    await store.release(codes[notSent] as OpenSmsCode, withoutCooldown.of('sendSms', mobile));
    expect(await redis.client.hget(codeKey(mobile), 'nonce')).toBe(codes[0]?.nonce);
    expect(await redis.client.pttl(codeKey(mobile))).toBeGreaterThan(0);
  });

  it('tells the delivery of the SMS before, for the same code and for the one that replaces it', async () => {
    const mobile = newMobile();
    const codes = [await opened(mobile), await opened(mobile), await opened(mobile)];
    expect(codes.map(({ previousDelivery }) => previousDelivery)).toEqual([
      undefined,
      codes[0]?.delivery,
      codes[1]?.delivery,
    ]);
    await store.release(codes[2] as OpenSmsCode, withoutCooldown.of('sendSms', mobile));
    expect((await opened(mobile)).previousDelivery).toBe(codes[1]?.delivery);
    await redis.client.pexpire(codeKey(mobile), 50_000);
    const replaced = await opened(mobile);
    expect(replaced.nonce).not.toBe(codes[0]?.nonce);
    expect(replaced.previousDelivery).toMatch(/./);
  });

  it('closes a code when none of the SMS that carried it was sent', async () => {
    const mobile = newMobile();
    const codes = [await opened(mobile), await opened(mobile)];
    for (const code of codes) await store.release(code, withoutCooldown.of('sendSms', mobile));
    expect(await redis.client.exists(codeKey(mobile))).toBe(0);
  });

  it('releases one of 50 reservations of the same millisecond, however often the release is repeated', async () => {
    const mobile = newMobile();
    const codes = await Promise.all(Array.from({ length: 50 }, () => opened(mobile)));
    const [released, ...others] = codes as [OpenSmsCode, ...OpenSmsCode[]];
    for (let repeated = 0; repeated < 3; repeated += 1)
      await store.release(released, withoutCooldown.of('sendSms', mobile));
    const range = await redis.client.lrange(keys.rangeLimit(mobile, 'hour'), 0, -1);
    expect(range.filter((entry) => entry === released.reservation)).toEqual([]);
    expect(range).toEqual(expect.arrayContaining(others.map(({ reservation }) => reservation)));
    const sends = (await redis.client.hget(codeKey(mobile), 'sends'))?.split(',') ?? [];
    expect(sends.sort()).toEqual(others.map(({ reservation }) => reservation).sort());
  });

  it('opens a code once when a Cluster client repeats a call whose reply was lost', async () => {
    const mobile = newMobile();
    const limits = rateLimitInput(withCooldown.of('sendSms', mobile));
    const input = {
      keys: { ...limits.keys, code: codeKey(mobile), proved: keys.provedMobile(mobile) },
      args: {
        ...limits.args,
        token: 'a-token',
        delivery: 'own',
        freshNonce: 'nonce',
        ttlMs: 300_000,
        minLifetimeMs: 1,
        maxAttempts: 5,
      },
    };
    const [openSmsCode] = smsCodeScripts;
    await redis.client.hset(
      codeKey(mobile),
      'nonce',
      'nonce',
      'attempts',
      0,
      'sends',
      '1:x',
      'deliveries',
      'earlier',
    );
    await redis.client.pexpire(codeKey(mobile), 300_000);
    const first = await redis.client.runScript(openSmsCode, input);
    const repeated = await redis.client.runScript(openSmsCode, input);
    expect(repeated).toMatchObject({
      kind: 'opened',
      nonce: 'nonce',
      previousDelivery: 'earlier',
      reservation: first.kind === 'opened' && first.reservation,
    });
    expect(await listLengths(mobile)).toMatchObject({ mobileCooldown: 1, mobileHour: 1, mobileDay: 1 });
  });

  it('writes no digits of the mobile into keys, and gives every key a TTL', async () => {
    const mobile = newMobile();
    await opened(mobile, withCooldown);
    const written = await keyspace(redis.client);
    expect(written).toContain(codeKey(mobile));
    for (const key of written) {
      expect(key).not.toContain(mobile.slice(-8));
      expect(await redis.client.pttl(key)).toBeGreaterThan(0);
    }
  });
});
