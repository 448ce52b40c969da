// The stores of codes and attempts for the tests of attempts, under limits that no test exceeds.

import { randomUUID } from 'node:crypto';
import type { Mobile } from '../../src/common/phone-number.ts';
import { SmsCodeStore } from '../../src/verification/codes/sms-code.store.ts';
import {
  type SmsCodeAttempt,
  SmsCodeAttemptStore,
} from '../../src/verification/codes/sms-code-attempt.store.ts';
import type { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';
import { keys, rateLimitsWith } from '../support/store-fixtures.ts';
import type { RedisKind } from '../support/suites.ts';
import { withRedis } from '../support/with-redis.ts';

const CODE_TTL_SECONDS = 300;

export function withSmsCodeAttempts(kind: RedisKind) {
  const redis = withRedis(kind);
  const rateLimits = rateLimitsWith();
  const codes = new SmsCodeStore(redis.dependency, keys, CODE_TTL_SECONDS);
  const attempts = new SmsCodeAttemptStore(redis.dependency, keys);
  return {
    redis,
    attempts,
    openCode: (purpose: SmsCodePurpose, mobile: Mobile) =>
      codes.open(purpose, mobile, rateLimits.of('sendSms', mobile), randomUUID(), randomUUID()),
    /** Whether this attempt consumed the code. */
    consume: async (attempt: SmsCodeAttempt) =>
      (await attempts.consume(attempt, rateLimits.releasedByVerification(attempt.mobile))) !== undefined,
    /** The names of the deliveries of the consumed code. */
    consumeDeliveries: async (attempt: SmsCodeAttempt) =>
      (await attempts.consume(attempt, rateLimits.releasedByVerification(attempt.mobile)))?.deliveries,
  };
}
