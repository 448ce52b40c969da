// Idempotency records on every kind of Redis: one claim, one reservation, one stored response.

import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { type ClaimResult, IdempotencyStore } from '../../src/verification/idempotency/idempotency.store.ts';
import {
  idempotencyFingerprint,
  type SmsCodeRequest,
} from '../../src/verification/request-sms-code/idempotency-fingerprint.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, newAddress, newMobile, onlyLimit, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const CLAIM_TTL_MS = 180_000;

const newRequest = (): SmsCodeRequest => ({
  captchaId: randomUUID(),
  captchaAnswer: 'ACDE',
  purpose: SmsCodePurpose.REGISTER,
  mobile: newMobile(),
});
const recordOf = (request: SmsCodeRequest) => keys.idempotencyRecord(idempotencyFingerprint(request));
const newRecord = () => recordOf(newRequest());
/** The limit of a new address. */
const addressLimit = (limit: number) => ({
  ...onlyLimit(rateLimitsWith().of('requestSmsCode', newAddress())),
  limit,
  windowSeconds: 60,
});

describeEachRedis('IdempotencyStore', (kind) => {
  const redis = withRedis(kind);
  const store = new IdempotencyStore(redis.dependency, CLAIM_TTL_MS);

  const claim = (record: string, limit = addressLimit(1)) => store.claim(record, [limit], randomUUID());
  async function claimed<Kind extends ClaimResult['kind']>(record: string, expected: Kind) {
    const result = await claim(record);
    expect(result.kind).toBe(expected);
    return result as Extract<ClaimResult, { kind: Kind }>;
  }

  it('lets one of 500 concurrent requests claim the record and reserves the limit once', async () => {
    const [record, limit] = [newRecord(), addressLimit(1)];
    const results = await Promise.all(Array.from({ length: 500 }, () => claim(record, limit)));
    expect(results.filter((result) => result.kind === 'claimed')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'pending')).toHaveLength(499);
    expect(await redis.client.llen(limit.key)).toBe(1);
  });

  it('claims nothing while the rate limit is exceeded', async () => {
    const [record, limit] = [newRecord(), addressLimit(1)];
    await claim(newRecord(), limit);
    for (let tries = 0; tries < 3; tries += 1) {
      expect(await claim(record, limit)).toEqual({
        kind: 'exceeded',
        scope: 'ADDRESS',
        retryAfterSeconds: 60,
      });
    }
    await claimed(record, 'claimed');
  });

  it('returns the stored response for its TTL, and reserves nothing for a replay', async () => {
    const record = newRecord();
    const original = await claimed(record, 'claimed');
    expect(await redis.client.pttl(record)).toBeGreaterThan(CLAIM_TTL_MS - 5000);
    expect(await store.complete(original.claim, 'the response', 60_000)).toBe(true);
    const limit = addressLimit(1);
    expect(await claim(record, limit)).toEqual({ kind: 'completed', response: 'the response' });
    expect(await redis.client.exists(limit.key)).toBe(0);
    const ttlMs = await redis.client.pttl(record);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(60_000);
  });

  it('reserves once when a Cluster client repeats a claim whose reply was lost', async () => {
    const [record, limit] = [newRecord(), addressLimit(5)];
    for (let sent = 0; sent < 2; sent += 1)
      expect((await store.claim(record, [limit], 'the same token')).kind).toBe('claimed');
    expect(await redis.client.llen(limit.key)).toBe(1);
  });

  it('lets one of 50 concurrent requests take over a claim, and the former holder store nothing', async () => {
    const record = newRecord();
    const original = await claimed(record, 'claimed');
    await redis.client.pexpire(record, CLAIM_TTL_MS - 10_000);
    const pending = await claimed(record, 'pending');
    expect(pending.ageMs).toBeGreaterThanOrEqual(10_000);
    const claims = await Promise.all(
      Array.from({ length: 50 }, () => store.takeOver(pending.claim, randomUUID())),
    );
    const [holder, ...others] = claims.filter((next) => next !== undefined);
    expect(others).toEqual([]);
    expect((await claimed(record, 'pending')).ageMs).toBeLessThan(10_000);

    expect(await store.complete(original.claim, 'too late', CLAIM_TTL_MS)).toBe(false);
    await claimed(record, 'pending');
    expect(holder && (await store.complete(holder, 'the response', CLAIM_TTL_MS))).toBe(true);
    expect(await claimed(record, 'completed')).toMatchObject({ response: 'the response' });
  });

  it('stores nothing of the mobile, the captcha or its answer', async () => {
    const request = newRequest();
    const record = recordOf(request);
    await claimed(record, 'claimed');
    const { mobile, captchaId, captchaAnswer } = request;
    for (const secret of [mobile.slice(-8), captchaId, captchaAnswer]) {
      expect(record).not.toContain(secret);
      expect(await redis.client.get(record)).not.toContain(secret);
    }
  });
});
