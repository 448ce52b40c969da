// IdempotencyService on every kind of Redis: one execution, and the same response for the original and its replays.

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from '@jest/globals';
import { DependencyUnavailableError } from '../../src/common/dependency.ts';
import { randomToken } from '../../src/common/random-id.ts';
import type { RedisDependency } from '../../src/common/redis/redis-client.ts';
import { ABANDONED_CLAIM_AFTER_MS } from '../../src/config/time-budgets.ts';
import { ServiceUnavailableError } from '../../src/errors/service-unavailable.ts';
import { RateLimitStore, type rateLimitScripts } from '../../src/rate-limiting/rate-limit.store.ts';
import {
  IdempotencyService,
  type IdempotentRequest,
} from '../../src/verification/idempotency/idempotency.service.ts';
import {
  IdempotencyStore,
  type idempotencyScripts,
} from '../../src/verification/idempotency/idempotency.store.ts';
import {
  deserializeResponse,
  serializeResponse,
} from '../../src/verification/idempotency/stored-response.ts';
import {
  type RequestSmsCodeResponse,
  requestSmsCodeResultTypes,
  SmsSendFailedError,
} from '../../src/verification/request-sms-code/request-sms-code.schema.ts';
import { eventually } from '../support/eventually.ts';
import { keys, newAddress, newMobile, onlyLimit, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

type Dependency = RedisDependency<(typeof idempotencyScripts | typeof rateLimitScripts)[number]>;

const RESPONSE_TTL_SECONDS = 60;
const CLAIM_TTL_MS = 180_000;
const unavailable = new ServiceUnavailableError();
const redisDown = () => new DependencyUnavailableError('redis', { cause: undefined });
const sendFailed = (retryAfterSeconds: number) =>
  new SmsSendFailedError({ mayStillArrive: true, retryAfterSeconds });

/** A new key whose captcha is redeemed, so that only the original request may execute it. */
function newKey(canTakeOver = async () => false): IdempotentRequest<RequestSmsCodeResponse> {
  return {
    record: keys.idempotencyRecord(newMobile(), randomUUID()),
    rateLimits: rateLimitsWith().of('requestSmsCode', newAddress()),
    canTakeOver,
    disconnected: () => new AbortController().signal,
    serialize: (response) => serializeResponse(response, Date.now()),
    deserialize: (stored) =>
      deserializeResponse<RequestSmsCodeResponse>(stored, requestSmsCodeResultTypes, Date.now()) ??
      unavailable,
  };
}

describeEachRedis('IdempotencyService', (kind) => {
  const redis = withRedis(kind);
  let isDown = false;
  let calls = 0;
  const use: Dependency['use'] = (call) => {
    calls += 1;
    return isDown ? Promise.reject(redisDown()) : redis.dependency.use(call);
  };
  const store = new IdempotencyStore({ use }, CLAIM_TTL_MS);
  const rateLimitStore = new RateLimitStore({ use });
  const serviceWith = (executionTimeoutMs: number) =>
    new IdempotencyService(store, rateLimitStore, {
      responseTtlSeconds: RESPONSE_TTL_SECONDS,
      executionTimeoutMs,
    });
  const claim = ({ record }: IdempotentRequest<RequestSmsCodeResponse>) => store.claim(record, randomUUID());
  const reservations = async ({ rateLimits }: IdempotentRequest<RequestSmsCodeResponse>) =>
    redis.client.llen(onlyLimit(rateLimits).key);

  it('executes one of 50 concurrent requests and returns its response to all', async () => {
    const [key, service] = [newKey(), serviceWith(10_000)];
    let executions = 0;
    const execute = async () => {
      executions += 1;
      await sleep(20);
      return sendFailed(executions);
    };
    const responses = await Promise.all(Array.from({ length: 50 }, () => service.run(key, execute)));
    for (const response of responses) expect(response).toEqual(sendFailed(1));
    expect(executions).toBe(1);
    expect(await redis.client.ttl(key.record)).toBeGreaterThan(RESPONSE_TTL_SECONDS - 10);
    expect(await redis.client.ttl(key.record)).toBeLessThanOrEqual(RESPONSE_TTL_SECONDS);
  });

  it('reserves the rate limit of the address for the original request only', async () => {
    const [key, service] = [newKey(), serviceWith(10_000)];
    await Promise.all(Array.from({ length: 50 }, () => service.run(key, async () => sendFailed(1))));
    await service.run(key, async () => sendFailed(2));
    expect(await reservations(key)).toBe(1);
  });

  it('executes a request when its own replays fill the rate limit for a moment', async () => {
    const limits = rateLimitsWith({ SMS_PER_ADDRESS_PER_HOUR: 2 }).of('requestSmsCode', newAddress());
    const [key, service] = [{ ...newKey(), rateLimits: limits }, serviceWith(10_000)];
    // Replays in another process, whose reservations arrive before that of the original.
    const replay = () => `${key.record.slice(-8)}.${randomToken()}`;
    const replays = Array.from({ length: 30 }, () =>
      rateLimitStore.reserve('requestSmsCode', limits, replay()),
    );
    for (const reserved of await Promise.all(replays)) expect(reserved.kind).toBe('reserved');
    expect(await service.run(key, async () => sendFailed(1))).toEqual(sendFailed(1));
    const other = { ...newKey(), rateLimits: limits };
    expect(await service.run(other, async () => sendFailed(2))).toMatchObject({ kind: 'exceeded' });
  });

  it('releases the claim when the node of the address does not answer, and the reservation when that of the claim does not', async () => {
    const down: Dependency = { use: () => Promise.reject(redisDown()) };
    const settings = { responseTtlSeconds: RESPONSE_TTL_SECONDS, executionTimeoutMs: 10_000 };
    const notToBeExecuted = () => Promise.reject(new Error('not to be executed'));

    const claimedOnly = newKey();
    const withoutLimits = new IdempotencyService(store, new RateLimitStore(down), settings);
    await expect(withoutLimits.run(claimedOnly, notToBeExecuted)).rejects.toThrow(DependencyUnavailableError);
    await eventually(async () => (await store.read(claimedOnly.record)) === undefined);

    const reservedOnly = newKey();
    const withoutRecords = new IdempotencyService(
      new IdempotencyStore(down, CLAIM_TTL_MS),
      rateLimitStore,
      settings,
    );
    await expect(withoutRecords.run(reservedOnly, notToBeExecuted)).rejects.toThrow(
      DependencyUnavailableError,
    );
    await eventually(async () => (await reservations(reservedOnly)) === 0);
  });

  it('rejects 100 concurrent replays of a request whose address exceeds its limit, with few calls', async () => {
    const limits = rateLimitsWith({ SMS_PER_ADDRESS_PER_HOUR: 1 }).of('requestSmsCode', newAddress());
    const [key, service] = [{ ...newKey(), rateLimits: limits }, serviceWith(10_000)];
    await rateLimitStore.reserve('requestSmsCode', limits, randomToken());
    const callsBefore = calls;
    const replays = Array.from({ length: 100 }, () =>
      service.run(key, () => Promise.reject(new Error('not to be executed'))),
    );
    for (const outcome of await Promise.all(replays)) expect(outcome).toMatchObject({ kind: 'exceeded' });
    expect(calls - callsBefore).toBeLessThan(500);
  });

  it('returns the exceeded rate limit and does not execute the request', async () => {
    const limits = rateLimitsWith({ SMS_PER_ADDRESS_PER_HOUR: 1 }).of('requestSmsCode', newAddress());
    const [key, service] = [{ ...newKey(), rateLimits: limits }, serviceWith(10_000)];
    await rateLimitStore.reserve('requestSmsCode', limits, randomToken());
    const exceeded = await service.run(key, () => Promise.reject(new Error('not to be executed')));
    expect(exceeded).toEqual({
      kind: 'exceeded',
      rule: 'addressHour',
      scope: 'ADDRESS',
      retryAfterSeconds: 3600,
    });
    expect(await redis.client.exists(key.record)).toBe(0);
    expect(await reservations(key)).toBe(1);
  });

  it.each([
    ['an internal error', () => new Error('internal')],
    ['an outage', redisDown],
  ])(
    'throws %s to the original request and returns ServiceUnavailableError to replays',
    async (_case, create) => {
      const [key, service, error] = [newKey(), serviceWith(10_000), create()];
      await expect(service.run(key, () => Promise.reject(error))).rejects.toBe(error);
      // The failed execution stores its response, so replays do not wait for the execution timeout.
      await eventually(async () => (await claim(key)).kind === 'completed', 2000);
      expect(await service.run(key, async () => sendFailed(1))).toEqual(unavailable);
      // A later retry with the same input learns the state of its captcha.
      expect(await redis.client.ttl(key.record)).toBeLessThanOrEqual(unavailable.retryAfterSeconds);
    },
  );

  it('returns a response that it cannot store, without an unhandled rejection', async () => {
    const [key, service] = [newKey(), serviceWith(10_000)];
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    try {
      const response = sendFailed(60);
      const returned = await service.run(key, async () => {
        isDown = true;
        return response;
      });
      expect(returned).toBe(response);
      await sleep(20);
    } finally {
      isDown = false;
      process.off('unhandledRejection', listener);
    }
    expect(unhandled).toEqual([]);
    expect((await claim(key)).kind).toBe('pending');
  });

  it('waits no longer than the execution timeout, and stores the result for other replays', async () => {
    const [key, service] = [newKey(async () => true), serviceWith(200)];
    expect((await claim(key)).kind).toBe('claimed');
    const startedMs = performance.now();
    expect(await service.run(key, async () => sendFailed(1))).toEqual(unavailable);
    expect(performance.now() - startedMs).toBeGreaterThanOrEqual(150);
    expect(performance.now() - startedMs).toBeLessThan(1500);
    await eventually(async () => (await claim(key)).kind === 'completed');
  });

  it('executes an abandoned request once when 20 replays find its captcha unused', async () => {
    let isCaptchaLive = true;
    const [key, service] = [newKey(async () => isCaptchaLive), serviceWith(10_000)];
    expect((await claim(key)).kind).toBe('claimed');
    await redis.client.pexpire(key.record, CLAIM_TTL_MS - ABANDONED_CLAIM_AFTER_MS);
    let executions = 0;
    const execute = async () => {
      isCaptchaLive = false;
      executions += 1;
      return sendFailed(executions);
    };
    const responses = await Promise.all(Array.from({ length: 20 }, () => service.run(key, execute)));
    for (const response of responses) expect(response).toEqual(sendFailed(1));
    expect(executions).toBe(1);
  });

  it('counts an abandoned request toward the address when it is taken over', async () => {
    const [key, service] = [newKey(async () => true), serviceWith(10_000)];
    await claim(key);
    await redis.client.pexpire(key.record, CLAIM_TTL_MS - ABANDONED_CLAIM_AFTER_MS);
    await service.run(key, async () => sendFailed(1));
    expect(await reservations(key)).toBe(1);
  });

  it('returns the stored response to a replay even if the node of the address does not answer', async () => {
    const down: Dependency = { use: () => Promise.reject(redisDown()) };
    const [key, service] = [newKey(), serviceWith(10_000)];
    await service.run(key, async () => sendFailed(1));
    await eventually(async () => (await store.read(key.record))?.kind === 'completed');
    const replaying = new IdempotencyService(store, new RateLimitStore(down), {
      responseTtlSeconds: RESPONSE_TTL_SECONDS,
      executionTimeoutMs: 10_000,
    });
    expect(await replaying.run(key, async () => sendFailed(2))).toEqual(sendFailed(1));
  });

  it('does not execute an abandoned request whose captcha is redeemed', async () => {
    const [key, service] = [newKey(async () => false), serviceWith(ABANDONED_CLAIM_AFTER_MS + 200)];
    expect((await claim(key)).kind).toBe('claimed');
    await redis.client.pexpire(key.record, CLAIM_TTL_MS - ABANDONED_CLAIM_AFTER_MS);
    expect(await service.run(key, () => Promise.reject(new Error('not to be executed')))).toEqual(
      unavailable,
    );
  });
});
