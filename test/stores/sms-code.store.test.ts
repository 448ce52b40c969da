// Live codes on every kind of Redis: opened with their reservation, carried again, discarded only by who opened them.

import { createSecretKey, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { type SendLimits, sendAllowances } from '../../src/rate-limiting/limits.ts';
import { TooManyRequestsError } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { type OpenSmsCode, SmsCodeStore } from '../../src/verification/codes/sms-code.store.ts';
import { SmsCodePurpose } from '../../src/verification/verification.schema.ts';
import { freshMobile } from '../support/api.ts';
import { connectRedisTo } from '../support/redis-dependency.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeEachRedis } from '../support/suites.ts';

const { REGISTER, LOGIN } = SmsCodePurpose;
const hash = createKeyedHash(createSecretKey(Buffer.from('a secret of the tests, 32 bytes and more')));
const limits: SendLimits = {
  resendGapSeconds: 60,
  perMobilePerHour: 100,
  perMobilePerDay: 100,
  perAddressPerHour: 100,
  perRangePerHour: 100_000,
  perDay: 100_000,
};

describeEachRedis('a code', (kind) => {
  let server: RedisServer;
  let client: Redis | Cluster;
  let store: SmsCodeStore;
  beforeAll(async () => {
    server = await kind.start();
    const connected = await connectRedisTo(server.url);
    client = connected.client;
    store = new SmsCodeStore(connected.dependency, hash, 300);
  });
  afterAll(async () => {
    await client?.quit();
    await server?.stop();
  });

  const mobileOf = (digits: string) => parseMobile(digits) as Mobile;
  const open = (mobile: Mobile, purpose = REGISTER, gapSeconds = 0) =>
    store.open(
      purpose,
      mobile,
      sendAllowances(hash, { ...limits, resendGapSeconds: gapSeconds }, mobile),
      randomUUID(),
    );
  const opened = async (...args: Parameters<typeof open>) => (await open(...args)) as OpenSmsCode;
  const codeKey = (mobile: Mobile, purpose = REGISTER) => `{sms}:code:${purpose}:${hash('mobile', mobile)}`;

  it('is opened once, with one reservation, by 500 callers at once', async () => {
    const mobile = mobileOf(freshMobile());
    const results = await Promise.all(Array.from({ length: 500 }, () => open(mobile, REGISTER, 60)));
    expect(results.filter((result) => result instanceof TooManyRequestsError)).toHaveLength(499);
    expect(await client.llen(`{sms}:allowance:mobile:${hash('mobile', mobile)}:hour`)).toBe(1);
  });

  it('is carried again with its attempts and its expiry while more than a minute of it is left', async () => {
    const mobile = mobileOf(freshMobile());
    const first = await opened(mobile);
    expect(first.expiresInMs).toBe(300_000);
    await client.hset(codeKey(mobile), 'attempts', 3);
    await client.pexpire(codeKey(mobile), 61_000);
    const second = await opened(mobile);
    expect(second.nonce).toBe(first.nonce);
    expect(second.expiresInMs).toBeLessThanOrEqual(61_000);
    expect(await client.hget(codeKey(mobile), 'attempts')).toBe('3');
    expect(await client.pttl(codeKey(mobile))).toBeLessThanOrEqual(61_000);
  });

  it('is replaced by a new one when a minute or less of it is left', async () => {
    const mobile = mobileOf(freshMobile());
    const first = await opened(mobile);
    await client.hset(codeKey(mobile), 'attempts', 3);
    await client.pexpire(codeKey(mobile), 60_000);
    const second = await opened(mobile);
    expect(second.nonce).not.toBe(first.nonce);
    expect(second.expiresInMs).toBe(300_000);
    expect(await client.hget(codeKey(mobile), 'attempts')).toBe('0');
  });

  it('belongs to its purpose', async () => {
    const mobile = mobileOf(freshMobile());
    const [register, login] = [await opened(mobile, REGISTER), await opened(mobile, LOGIN)];
    expect(login.nonce).not.toBe(register.nonce);
  });

  it('is gone, with its reservation, when its only text surely was not sent', async () => {
    const mobile = mobileOf(freshMobile());
    const code = await opened(mobile, REGISTER, 60);
    await code.discard();
    expect(await client.exists(codeKey(mobile))).toBe(0);
    expect(await client.exists(`{sms}:allowance:mobile:${hash('mobile', mobile)}:gap`)).toBe(0);
    expect(await opened(mobile, REGISTER, 60)).toMatchObject({ expiresInMs: 300_000 });
  });

  it('lives on when a second text carries it, whichever of the two was not sent', async () => {
    for (const notSent of [0, 1]) {
      const mobile = mobileOf(freshMobile());
      const texts = [await opened(mobile), await opened(mobile)];
      await texts[notSent]?.discard();
      expect(await client.hget(codeKey(mobile), 'nonce')).toBe(texts[0]?.nonce);
      expect(await client.pttl(codeKey(mobile))).toBeGreaterThan(0);
    }
  });

  it('leaves nothing of the mobile and no key without an end', async () => {
    const mobile = mobileOf(freshMobile());
    await opened(mobile);
    const nodes = 'nodes' in client ? client.nodes('master') : [client];
    for (const node of nodes) {
      for (const key of await node.keys('*')) {
        expect(key).not.toContain(mobile.slice(-8));
        expect(await node.pttl(key)).toBeGreaterThan(0);
      }
    }
  });
});
