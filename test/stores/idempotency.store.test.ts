// Idempotency records on every kind of Redis: one claim, one stored response.

import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import {
  type ClaimResult,
  type IdempotencyClaim,
  IdempotencyStore,
} from '../../src/verification/idempotency/idempotency.store.ts';
import {
  idempotencyFingerprint,
  type SmsCodeRequest,
} from '../../src/verification/request-sms-code/idempotency-fingerprint.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, newMobile } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const CLAIM_TTL_MS = 180_000;

const newRequest = (): SmsCodeRequest => ({
  captchaId: randomUUID(),
  captchaAnswer: 'ACDE',
  purpose: SmsCodePurpose.REGISTER,
  mobile: newMobile(),
});
const recordOf = (request: SmsCodeRequest) =>
  keys.idempotencyRecord(request.mobile, idempotencyFingerprint(request));
const newRecord = () => recordOf(newRequest());

describeEachRedis('IdempotencyStore', (kind) => {
  const redis = withRedis(kind);
  const store = new IdempotencyStore(redis.dependency, CLAIM_TTL_MS);

  const claim = (record: string, abandoned?: IdempotencyClaim) =>
    store.claim(record, randomUUID(), abandoned);
  async function claimed<Kind extends ClaimResult['kind']>(record: string, expected: Kind) {
    const result = await claim(record);
    expect(result.kind).toBe(expected);
    return result as Extract<ClaimResult, { kind: Kind }>;
  }

  it('lets one of 500 concurrent requests claim the record', async () => {
    const record = newRecord();
    const results = await Promise.all(Array.from({ length: 500 }, () => claim(record)));
    expect(results.filter((result) => result.kind === 'claimed')).toHaveLength(1);
    expect(results.filter((result) => result.kind === 'pending')).toHaveLength(499);
  });

  it('returns the stored response for its TTL', async () => {
    const record = newRecord();
    const original = await claimed(record, 'claimed');
    expect(await redis.client.pttl(record)).toBeGreaterThan(CLAIM_TTL_MS - 5000);
    expect(await store.complete(original.claim, 'the response', 60_000)).toBe(true);
    expect(await claim(record)).toEqual({ kind: 'completed', response: 'the response' });
    expect(await store.read(record)).toEqual({ kind: 'completed', response: 'the response' });
    const ttlMs = await redis.client.pttl(record);
    expect(ttlMs).toBeGreaterThan(0);
    expect(ttlMs).toBeLessThanOrEqual(60_000);
  });

  it('claims once when a Cluster client repeats a claim whose reply was lost', async () => {
    const record = newRecord();
    for (let sent = 0; sent < 2; sent += 1)
      expect((await store.claim(record, 'the same token')).kind).toBe('claimed');
  });

  it('lets one of 50 concurrent requests take over a claim, and the former holder store nothing', async () => {
    const record = newRecord();
    const original = await claimed(record, 'claimed');
    await redis.client.pexpire(record, CLAIM_TTL_MS - 10_000);
    const pending = await claimed(record, 'pending');
    expect(pending.ageMs).toBeGreaterThanOrEqual(10_000);
    const results = await Promise.all(Array.from({ length: 50 }, () => claim(record, pending.claim)));
    const [holder, ...others] = results.filter((next) => next.kind === 'claimed');
    expect(others).toEqual([]);
    expect((await claimed(record, 'pending')).ageMs).toBeLessThan(10_000);

    expect(await store.complete(original.claim, 'too late', CLAIM_TTL_MS)).toBe(false);
    await claimed(record, 'pending');
    expect(holder && (await store.complete(holder.claim, 'the response', CLAIM_TTL_MS))).toBe(true);
    expect(await claimed(record, 'completed')).toMatchObject({ response: 'the response' });
  });

  it('releases a claim of its own, and no other', async () => {
    const record = newRecord();
    const { claim: own } = await claimed(record, 'claimed');
    await store.release({ record, value: 'pending of another request' });
    expect((await store.read(record))?.kind).toBe('pending');
    await store.release(own);
    expect(await store.read(record)).toBeUndefined();
    const { claim: next } = await claimed(record, 'claimed');
    await store.release(own);
    expect(await store.complete(next, 'the response', 60_000)).toBe(true);
  });

  it('takes a record for new whose TTL is too long, since the clock of another server was ahead', async () => {
    const record = newRecord();
    await claimed(record, 'claimed');
    await redis.client.pexpire(record, CLAIM_TTL_MS + 3_600_000);
    expect(await claim(record)).toMatchObject({ kind: 'pending', ageMs: 0 });
    expect(await store.read(record)).toMatchObject({ kind: 'pending', ageMs: 0 });
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
