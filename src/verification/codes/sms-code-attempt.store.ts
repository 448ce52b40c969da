// Attempts at codes in Redis: the protection against brute force. An attempt counts as a failure before the code is compared,
// and success removes the failure. Failures are counted per mobile and purpose, and a new code does not reset them (NIST SP
// 800-63B-4 §3.1.3.2). Too many failures lead to a lockout.

import { CHINA_OFFSET_MS, DAY_MS } from '../../common/china-time.ts';
import type { Mobile } from '../../common/phone-number.ts';
import { randomToken } from '../../common/random-id.ts';
import { defineScript, fieldsReply } from '../../common/redis/define-script.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { type ReleasedLimits, releasedByVerification } from '../../rate-limiting/limits.ts';
import { rateLimitKeys, release, reserve } from '../../rate-limiting/rate-limit-script.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';
import { ATTEMPTS_PER_CODE } from './sms-code.ts';

export const FAILURES_PER_HOUR = 10;
/** NIST SP 800-63B-4 §3.2.2 allows at most 100 consecutive failures. */
export const MAX_FAILURE_STREAK = 100;

const HOUR_MS = 60 * 60 * 1000;
/** A lockout by a streak lasts this long, unless an operator ends it. */
const STREAK_LOCKOUT_MS = 365 * 24 * HOUR_MS;
/** A shorter streak is forgotten after its last failure, so that mistyped codes do not fill the memory of Redis. */
const STREAK_TTL_MS = 90 * 24 * HOUR_MS;

/** A mobile is known for this long after it was proved. */
const PROVED_TTL_MS = 90 * 24 * HOUR_MS;

type CountReply =
  | {
      readonly kind: 'counted';
      readonly nonce: string;
      readonly attemptsRemaining: number;
      readonly failure: string;
    }
  | { readonly kind: 'locked'; readonly retryAfterMs: number }
  | { readonly kind: 'noCode' };

const countSmsCodeAttempt = defineScript({
  name: 'countSmsCodeAttempt',
  keys: ['recentFailures', 'failureStreak', 'code'],
  args: [
    'failuresPerHour',
    'hourMs',
    'maxFailureStreak',
    'streakTtlMs',
    'streakLockoutMs',
    'maxAttempts',
    'token',
  ],
  uses: [reserve, release],
  reply: fieldsReply<CountReply>(),
  lua: `
if tonumber(redis.call('GET', failureStreak) or 0) >= tonumber(maxFailureStreak) then
  return fields({ kind = 'locked', retryAfterMs = redis.call('PTTL', failureStreak) })
end
local hourlyLimit = { key = recentFailures, name = 'recentFailures', limit = tonumber(failuresPerHour), windowMs = tonumber(hourMs) }
local reserved = reserve({ hourlyLimit }, token)
if reserved.exceeded then return fields({ kind = 'locked', retryAfterMs = reserved.retryAfterMs }) end

local nonce, attemptsBefore = unpack(redis.call('HMGET', code, 'nonce', 'attempts'))
if not nonce or tonumber(attemptsBefore) >= tonumber(maxAttempts) then
  release(recentFailures, reserved.reservation)
  return fields({ kind = 'noCode' })
end
local attempts = redis.call('HINCRBY', code, 'attempts', 1)
local streak = redis.call('INCR', failureStreak)
redis.call('PEXPIRE', failureStreak, streak < tonumber(maxFailureStreak) and streakTtlMs or streakLockoutMs)
local recent = redis.call('LLEN', recentFailures)
return fields({
  kind = 'counted',
  nonce = nonce,
  attemptsRemaining = math.min(maxAttempts - attempts, failuresPerHour - recent, maxFailureStreak - streak),
  failure = reserved.reservation,
})`,
});

const consumeSmsCode = defineScript({
  name: 'consumeSmsCode',
  keys: ['recentFailures', 'failureStreak', 'code', 'proved', ...releasedByVerification],
  args: ['failure', 'nonce'],
  uses: [release],
  reply: fieldsReply<
    | { readonly kind: 'consumed'; readonly deliveries: string; readonly isFirstProofOfDay: 0 | 1 }
    | { readonly kind: 'gone' }
  >(),
  // A correct code is no failure, even if another caller consumed it first.
  lua: `
release(recentFailures, failure)
redis.call('DEL', failureStreak)
local storedNonce, sends, deliveries = unpack(redis.call('HMGET', code, 'nonce', 'sends', 'deliveries'))
if storedNonce ~= nonce then return fields({ kind = 'gone' }) end
for send in string.gmatch(sends, '[^,]+') do
  for _, key in ipairs({ ${releasedByVerification.join(', ')} }) do release(key, send) end
end
redis.call('DEL', code)
local day = string.format('%d', math.floor((tonumber(redis.call('TIME')[1]) * 1000 + ${CHINA_OFFSET_MS}) / ${DAY_MS}))
local isFirstProofOfDay = redis.call('GET', proved) ~= day and 1 or 0
redis.call('SET', proved, day, 'PX', ${PROVED_TTL_MS})
return fields({ kind = 'consumed', deliveries = deliveries or '', isFirstProofOfDay = isFirstProofOfDay })`,
});

export const smsCodeAttemptScripts = [countSmsCodeAttempt, consumeSmsCode] as const;

/** An attempt that was counted and may now be compared. */
export interface SmsCodeAttempt {
  readonly kind: 'counted';
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  readonly nonce: string;
  /** Attempts that are left if this one fails. */
  readonly attemptsRemaining: number;
  /** The attempt in the list of recent failures, until it succeeds. */
  readonly failure: string;
}

/** Too many failures: no code is compared until the lockout ends. */
export interface VerificationLocked {
  readonly kind: 'locked';
  readonly retryAfterSeconds: number;
}

/** A code that was verified. */
export interface ConsumedSmsCode {
  /** The names of the delivery records of the SMS that carried it, the latest last. */
  readonly deliveries: readonly string[];
  /** Whether no code of the mobile was verified before on this day in China. */
  readonly isFirstProofOfDay: boolean;
}

export class SmsCodeAttemptStore {
  constructor(
    private readonly redis: RedisDependency<(typeof smsCodeAttemptScripts)[number]>,
    private readonly keys: RedisKeys,
  ) {}

  /**
   * Counts one attempt at the open code of a mobile.
   * @returns `noCode` if there is no open code or its attempts are used; nothing was counted then.
   * @throws DependencyUnavailableError if Redis does not answer; the attempt may be counted nevertheless.
   */
  async count(
    purpose: SmsCodePurpose,
    mobile: Mobile,
  ): Promise<SmsCodeAttempt | VerificationLocked | { readonly kind: 'noCode' }> {
    const reply = await this.redis.use((redis) =>
      redis.runScript(countSmsCodeAttempt, {
        keys: this.codeKeys(purpose, mobile),
        args: {
          failuresPerHour: FAILURES_PER_HOUR,
          hourMs: HOUR_MS,
          maxFailureStreak: MAX_FAILURE_STREAK,
          streakTtlMs: STREAK_TTL_MS,
          streakLockoutMs: STREAK_LOCKOUT_MS,
          maxAttempts: ATTEMPTS_PER_CODE,
          token: randomToken(),
        },
      }),
    );
    switch (reply.kind) {
      case 'counted':
        return { ...reply, purpose, mobile };
      case 'locked':
        return { kind: 'locked', retryAfterSeconds: Math.ceil(reply.retryAfterMs / 1000) };
      case 'noCode':
        return reply;
    }
  }

  /**
   * Consumes the code of a correct attempt, removes its failure, and releases these limits of its sends.
   * @returns `undefined` if another call consumed the code: if several callers race, exactly one gets it.
   * @throws DependencyUnavailableError if Redis does not answer; the code may be consumed nevertheless.
   */
  async consume(
    { purpose, mobile, nonce, failure }: SmsCodeAttempt,
    released: ReleasedLimits,
  ): Promise<ConsumedSmsCode | undefined> {
    const proved = this.keys.provedMobile(mobile);
    const keys = { ...this.codeKeys(purpose, mobile), proved, ...rateLimitKeys(released) };
    const reply = await this.redis.use((redis) =>
      redis.runScript(consumeSmsCode, { keys, args: { failure, nonce } }),
    );
    if (reply.kind !== 'consumed') return undefined;
    return {
      deliveries: reply.deliveries.split(',').filter(Boolean),
      isFirstProofOfDay: reply.isFirstProofOfDay === 1,
    };
  }

  /**
   * Resets the failures of a mobile for all purposes, which ends a lockout.
   * @returns whether there were any failures.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async resetFailures(mobile: Mobile): Promise<boolean> {
    const keys = Object.values(SmsCodePurpose).flatMap((purpose) => [
      this.keys.recentFailures(purpose, mobile),
      this.keys.failureStreak(purpose, mobile),
    ]);
    return (await this.redis.use((redis) => redis.del(...keys))) > 0;
  }

  private codeKeys(purpose: SmsCodePurpose, mobile: Mobile) {
    return {
      recentFailures: this.keys.recentFailures(purpose, mobile),
      failureStreak: this.keys.failureStreak(purpose, mobile),
      code: this.keys.smsCode(purpose, mobile),
    };
  }
}
