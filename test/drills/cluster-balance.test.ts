// The work of a Redis Cluster spreads over its masters: every number range, address and captcha has a slot of its own.

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Cluster } from 'ioredis';
import { CaptchaStore } from '../../src/captcha/captcha.store.ts';
import { type Mobile, numberRange } from '../../src/common/phone-number.ts';
import { randomId, randomToken } from '../../src/common/random-id.ts';
import { RateLimitStore } from '../../src/rate-limiting/rate-limit.store.ts';
import { SmsCodeStore } from '../../src/verification/codes/sms-code.store.ts';
import { SmsCodeAttemptStore } from '../../src/verification/codes/sms-code-attempt.store.ts';
import { IdempotencyStore } from '../../src/verification/idempotency/idempotency.store.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { scriptCalls } from '../support/script-calls.ts';
import { keys, newAddress, rateLimitsWith } from '../support/store-fixtures.ts';
import { describeWithRedis, redisKinds } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const RANGES = 500;
const MOBILES = 5000;
const AT_ONCE = 250;
const { REGISTER } = SmsCodePurpose;

const realCluster = redisKinds.find(({ name }) => name === 'real Redis Cluster');

describeWithRedis('verifications of 5,000 mobiles in 500 number ranges', () => {
  if (realCluster === undefined) throw new Error('no real Redis Cluster in the list');
  const redis = withRedis(realCluster);
  const rateLimits = rateLimitsWith();
  const limits = new RateLimitStore(redis.dependency);
  const captchas = new CaptchaStore(redis.dependency, keys, 180);
  const idempotency = new IdempotencyStore(redis.dependency, 180_000);
  const codes = new SmsCodeStore(redis.dependency, keys, 300);
  const attempts = new SmsCodeAttemptStore(redis.dependency, keys);
  let observer: Cluster;
  beforeAll(() => {
    observer = new Cluster(redis.server.url.split(','));
  });
  afterAll(() => observer?.quit());

  const mobiles = Array.from(
    { length: MOBILES },
    (_, index) =>
      `+861391${String(index % RANGES).padStart(3, '0')}${String(index).padStart(4, '0')}` as Mobile,
  );

  /** All calls of one verification, from the captcha to the consumed code. */
  async function verify(mobile: Mobile): Promise<void> {
    const [address, captcha] = [newAddress(), randomId()];
    await limits.reserve('issueCaptcha', rateLimits.of('issueCaptcha', address), randomToken());
    await captchas.save(captcha, 'ACDE');
    const record = keys.idempotencyRecord(mobile, randomUUID());
    const [claimed] = await Promise.all([
      idempotency.claim(record, randomId()),
      limits.reserve('requestSmsCode', rateLimits.of('requestSmsCode', address), randomToken()),
    ]);
    await captchas.redeem(captcha);
    await codes.open(REGISTER, mobile, rateLimits.of('sendSms', mobile), randomId(), randomId());
    if (claimed.kind === 'claimed') await idempotency.complete(claimed.claim, 'sent', 180_000);
    await limits.reserve('verifySmsCode', rateLimits.of('verifySmsCode', address), randomToken());
    const attempt = await attempts.count(REGISTER, mobile);
    if (attempt.kind !== 'counted') throw new Error(`the attempt is ${attempt.kind}`);
    const consumed = await attempts.consume(attempt, rateLimits.releasedByVerification(mobile));
    expect(consumed?.deliveries).toHaveLength(1);
  }

  it('give each of three masters from 25 to 42 % of the script calls', async () => {
    expect(new Set(mobiles.map(numberRange)).size).toBe(RANGES);
    await Promise.all(observer.nodes('master').map((node) => node.config('RESETSTAT')));
    for (let first = 0; first < MOBILES; first += AT_ONCE)
      await Promise.all(mobiles.slice(first, first + AT_ONCE).map(verify));

    const calls = await Promise.all(observer.nodes('master').map(scriptCalls));
    const total = calls.reduce((sum, count) => sum + count, 0);
    expect(calls).toHaveLength(3);
    expect(total).toBeGreaterThanOrEqual(8 * MOBILES);
    for (const count of calls) {
      expect(count / total).toBeGreaterThan(0.25);
      expect(count / total).toBeLessThan(0.42);
    }
  });
});
