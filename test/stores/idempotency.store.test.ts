// Requests for a text on every kind of Redis: claimed and counted once, answered once, taken over by one.

import { createSecretKey, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cluster, Redis } from 'ioredis';
import type { CaptchaService } from '../../src/captcha/captcha.service.ts';
import { DependencyUnavailableError, ServiceUnavailableError } from '../../src/common/dependency.ts';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { idempotencyKey, type SmsRequest } from '../../src/common/redis/keys.ts';
import type { RedisDependency } from '../../src/common/redis/redis-client.ts';
import type { RateLimit } from '../../src/rate-limiting/rate-limit.ts';
import { RateLimitScope } from '../../src/rate-limiting/rate-limiting.schema.ts';
import { IdempotencyService } from '../../src/verification/idempotency/idempotency.service.ts';
import { IdempotencyStore, type RequestState } from '../../src/verification/idempotency/idempotency.store.ts';
import { SmsSendFailedError } from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import { SmsCodePurpose } from '../../src/verification/verification.schema.ts';
import { freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { connectRedisTo } from '../support/redis-dependency.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeEachRedis } from '../support/suites.ts';

const LIFE_MS = 180_000;
const hash = createKeyedHash(createSecretKey(Buffer.from('a secret of the tests, 32 bytes and more')));

function newRequest(): SmsRequest {
  const mobile = parseMobile(freshMobile()) as Mobile;
  return { captchaId: randomUUID(), captchaAnswer: 'ACDE', purpose: SmsCodePurpose.REGISTER, mobile };
}

function allowance(limit: number): RateLimit {
  const key = `{sms}:allowance:test:${randomUUID()}`;
  return { key, scope: RateLimitScope.ADDRESS, limit, windowSeconds: 60 };
}

describeEachRedis('a request for a text', (kind) => {
  let server: RedisServer;
  let client: Redis | Cluster;
  let store: IdempotencyStore;
  let isAway = false;
  beforeAll(async () => {
    server = await kind.start();
    const connected = await connectRedisTo(server.url);
    client = connected.client;
    const use: RedisDependency['use'] = (work) =>
      isAway
        ? Promise.reject(new DependencyUnavailableError('redis', { cause: undefined }))
        : connected.dependency.use(work);
    store = new IdempotencyStore({ use }, hash, LIFE_MS);
  });
  afterAll(async () => {
    await client?.quit();
    await server?.stop();
  });

  const claim = (request: SmsRequest, counted = allowance(1)) =>
    store.claim(request, [counted], randomUUID());
  async function claimed<Kind extends RequestState['kind']>(request: SmsRequest, expected: Kind) {
    const state = await claim(request);
    expect(state.kind).toBe(expected);
    return state as Extract<RequestState, { kind: Kind }>;
  }
  const lifeOf = (request: SmsRequest) => client.pttl(idempotencyKey(hash, request));

  /** Of a service whose captcha is spent, or is not. */
  const serviceWith = (captchaIsLive: boolean, requestAtMostMs: number) => {
    const captchas = { isLive: async () => captchaIsLive } as unknown as CaptchaService;
    return new IdempotencyService(store, captchas, { captchaTtlSeconds: LIFE_MS / 1000, requestAtMostMs });
  };

  it('has one first of 500 callers at once, and counts once', async () => {
    const [request, counted] = [newRequest(), allowance(1)];
    const states = await Promise.all(Array.from({ length: 500 }, () => claim(request, counted)));
    expect(states.filter((state) => state.kind === 'first')).toHaveLength(1);
    expect(states.filter((state) => state.kind === 'pending')).toHaveLength(499);
    expect(await client.llen(counted.key)).toBe(1);
  });

  it('is not claimed while its allowance has no room', async () => {
    const [request, counted] = [newRequest(), allowance(1)];
    await claim(newRequest(), counted);
    for (let tries = 0; tries < 3; tries += 1) {
      const refusal = { scope: 'ADDRESS', retryAfterSeconds: 60 };
      expect(await claim(request, counted)).toMatchObject({ kind: 'refused', refusal });
    }
    expect((await claim(request)).kind).toBe('first');
  });

  it('keeps its answer for the life that it is given, and counts nothing more', async () => {
    const request = newRequest();
    const first = await claimed(request, 'first');
    expect(await lifeOf(request)).toBeGreaterThan(LIFE_MS - 5000);
    await first.claim.record('the answer', 60_000);
    const counted = allowance(1);
    expect(await claim(request, counted)).toEqual({ kind: 'answered', record: 'the answer' });
    expect(await client.exists(counted.key)).toBe(0);
    expect(await lifeOf(request)).toBeGreaterThan(0);
    expect(await lifeOf(request)).toBeLessThanOrEqual(60_000);
  });

  it('stays claimed by whom a Cluster lets ask twice', async () => {
    const [request, counted] = [newRequest(), allowance(5)];
    for (let sent = 0; sent < 2; sent += 1)
      expect((await store.claim(request, [counted], 'the same')).kind).toBe('first');
    expect(await client.llen(counted.key)).toBe(1);
  });

  it('is taken over by one of 50, and then not answered by whom it was taken from', async () => {
    const request = newRequest();
    const first = await claimed(request, 'first');
    await client.pexpire(idempotencyKey(hash, request), LIFE_MS - 10_000);
    const pending = await claimed(request, 'pending');
    expect(pending.ageMs).toBeGreaterThanOrEqual(10_000);
    const taken = await Promise.all(Array.from({ length: 50 }, () => pending.takeOver(randomUUID())));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect((await claimed(request, 'pending')).ageMs).toBeLessThan(10_000);

    expect(await first.claim.record('too late', LIFE_MS)).toBe(false);
    await claimed(request, 'pending');
    await taken.find(Boolean)?.record('the answer', LIFE_MS);
    expect(await claimed(request, 'answered')).toMatchObject({ record: 'the answer' });
  });

  it('is walked by one of 50 at once, and the others get its answer', async () => {
    const [request, service] = [newRequest(), serviceWith(false, 10_000)];
    let walks = 0;
    const answers = Array.from({ length: 50 }, async () => {
      const turn = await service.turn(request, [allowance(1)]);
      if (turn.kind !== 'first') return turn.kind === 'repeat' && turn.answer;
      walks += 1;
      return turn.answer(async () => new SmsSendFailedError(true, walks));
    });
    for (const answer of await Promise.all(answers)) expect(answer).toEqual(new SmsSendFailedError(true, 1));
    expect(walks).toBe(1);
  });

  it('is unavailable to the others when it ends in a fault or in an outage', async () => {
    for (const fault of [
      new Error('a fault'),
      new DependencyUnavailableError('redis', { cause: undefined }),
    ]) {
      const [request, service] = [newRequest(), serviceWith(false, 10_000)];
      const first = await service.turn(request, [allowance(1)]);
      const walk = async () => Promise.reject(fault);
      await expect(first.kind === 'first' && first.answer(walk)).rejects.toBe(fault);
      const answer = new ServiceUnavailableError();
      expect(await service.turn(request, [allowance(1)])).toEqual({ kind: 'repeat', answer });
    }
  });

  it('is answered although the answer cannot be kept, and no rejection is left unhandled', async () => {
    const [request, service] = [newRequest(), serviceWith(false, 10_000)];
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const first = await service.turn(request, [allowance(1)]);
      isAway = true;
      const sent = new SmsSendFailedError(true, 60);
      expect(await (first.kind === 'first' && first.answer(async () => sent))).toBe(sent);
      await sleep(20);
    } finally {
      isAway = false;
      process.off('unhandledRejection', listener);
    }
    expect(unhandled).toEqual([]);
    await claimed(request, 'pending');
  });

  it('is waited for no longer than it may take, and nobody waits for it again', async () => {
    const [request, service] = [newRequest(), serviceWith(true, 200)];
    await claimed(request, 'first');
    const startedMs = performance.now();
    const answer = new ServiceUnavailableError();
    expect(await service.turn(request, [allowance(1)])).toEqual({ kind: 'repeat', answer });
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(150);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    await eventually(async () => (await claim(request)).kind === 'answered');
  });

  it('holds nothing of mobile, captcha or answer', async () => {
    const request = newRequest();
    await claimed(request, 'first');
    const key = idempotencyKey(hash, request);
    const { mobile, captchaId, captchaAnswer } = request;
    for (const secret of [mobile.slice(-8), captchaId, captchaAnswer]) {
      expect(key).not.toContain(secret);
      expect(await client.get(key)).not.toContain(secret);
    }
  });
});
