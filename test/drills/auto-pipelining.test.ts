// ioredis sends the commands of one turn of the event loop in one pipeline, except in a Cluster, where each of them goes to
// the node of its keys. For that, ioredis has to know where the keys of a script begin.

import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import { randomToken } from '../../src/common/random-id.ts';
import { RateLimitStore } from '../../src/rate-limiting/rate-limit.store.ts';
import { SmsCodeStore } from '../../src/verification/codes/sms-code.store.ts';
import { SmsCodeAttemptStore } from '../../src/verification/codes/sms-code-attempt.store.ts';
import { IdempotencyStore } from '../../src/verification/idempotency/idempotency.store.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, newAddress, newMobile, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeEachRedis } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const { REGISTER } = SmsCodePurpose;
const CALLERS = 200;
const rateLimits = rateLimitsWith();

describeEachRedis('calls of 200 clients at once', (kind) => {
  const redis = withRedis(kind);
  const limits = new RateLimitStore(redis.dependency);
  const idempotency = new IdempotencyStore(redis.dependency, 180_000);
  const codes = new SmsCodeStore(redis.dependency, keys, 300);
  const attempts = new SmsCodeAttemptStore(redis.dependency, keys);
  const forEachCaller = <Result>(call: () => Promise<Result>) =>
    Promise.all(Array.from({ length: CALLERS }, call));

  it('reserve the captcha limits of different addresses, which lie on different nodes', async () => {
    const results = await forEachCaller(() =>
      limits.reserve('issueCaptcha', rateLimits.of('issueCaptcha', newAddress()), randomToken()),
    );
    expect(results.map(({ kind }) => kind)).toEqual(Array(CALLERS).fill('reserved'));
  });

  it('use all stores in the same turn of the event loop', async () => {
    const results = await forEachCaller(async () => {
      const [address, mobile] = [newAddress(), newMobile()];
      const kinds = await Promise.all([
        limits.reserve('issueCaptcha', rateLimits.of('issueCaptcha', address), randomToken()),
        limits.reserve('verifySmsCode', rateLimits.of('verifySmsCode', address), randomToken()),
        limits.reserve('requestSmsCode', rateLimits.of('requestSmsCode', address), randomToken()),
        idempotency.claim(keys.idempotencyRecord(mobile, randomUUID()), randomUUID()),
        codes.open(REGISTER, mobile, rateLimits.of('sendSms', mobile), randomUUID(), randomUUID()),
        attempts.count(REGISTER, newMobile()),
      ]);
      const attempt = await attempts.count(REGISTER, mobile);
      return [...kinds, attempt].map((result) => result.kind);
    });
    const expected = ['reserved', 'reserved', 'reserved', 'claimed', 'opened', 'noCode', 'counted'];
    expect(results).toEqual(Array(CALLERS).fill(expected));
  });
});
