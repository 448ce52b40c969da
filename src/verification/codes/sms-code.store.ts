// Open codes in Redis. A code is opened in the same atomic step that reserves the rate limits of its SMS.
//
// A code is a hash with the fields
//   nonce       the source of the code
//   attempts    the number of comparisons
//   sends       the reservation times of the SMS that carry the code, separated by commas
//   singleSend  the nonce, as long as only one SMS carries the code

import type { Mobile } from '../../common/phone-number.ts';
import { defineScript, fieldsReply, noReply } from '../../common/redis/define-script.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import type { LimitsOf } from '../../rate-limiting/limits.ts';
import type { RateLimitExceeded } from '../../rate-limiting/rate-limit.ts';
import {
  type ExceededReply,
  exceededLimit,
  rateLimitInput,
  rateLimitKeys,
  rateLimitParameters,
  release,
  reserve,
} from '../../rate-limiting/rate-limit-script.ts';
import type { SmsCodePurpose } from '../sms-code-purpose.ts';
import { ATTEMPTS_PER_CODE } from './sms-code.ts';

/** A resend carries the same code only if the code lives longer than this. */
const MIN_LIFETIME_FOR_RESEND_MS = 60_000;

const sendLimits = rateLimitParameters('sendSms');

interface OpenedReply {
  readonly kind: 'opened';
  readonly nonce: string;
  readonly expiresInMs: number;
  readonly reservedAtMs: number;
}

const openSmsCode = defineScript({
  name: 'openSmsCode',
  keys: [...sendLimits.keys, 'code'],
  args: [...sendLimits.args, 'freshNonce', 'ttlMs', 'minLifetimeMs', 'maxAttempts'],
  uses: [reserve],
  reply: fieldsReply<OpenedReply | ExceededReply>(),
  lua: `
local reserved = reserve(${sendLimits.table})
if reserved.exceeded then return fields(reserved) end
local reservedAtMs = string.format('%.0f', reserved.reservedAtMs)

local remainingMs = redis.call('PTTL', code)
local nonce, attempts, sends = unpack(redis.call('HMGET', code, 'nonce', 'attempts', 'sends'))
if remainingMs > tonumber(minLifetimeMs) and tonumber(attempts) < tonumber(maxAttempts) then
  redis.call('HDEL', code, 'singleSend')
  redis.call('HSET', code, 'sends', sends .. ',' .. reservedAtMs)
  return fields({ kind = 'opened', nonce = nonce, expiresInMs = remainingMs, reservedAtMs = reserved.reservedAtMs })
end

redis.call('DEL', code)
redis.call('HSET', code, 'nonce', freshNonce, 'attempts', 0, 'singleSend', freshNonce, 'sends', reservedAtMs)
redis.call('PEXPIRE', code, ttlMs)
return fields({ kind = 'opened', nonce = freshNonce, expiresInMs = tonumber(ttlMs), reservedAtMs = reserved.reservedAtMs })`,
});

const releaseSmsCode = defineScript({
  name: 'releaseSmsCode',
  keys: [...sendLimits.keys, 'code'],
  args: ['reservedAtMs', 'nonce'],
  uses: [release],
  reply: noReply,
  // A code that another SMS carries stays open.
  lua: `
for _, key in ipairs({ ${sendLimits.keys.join(', ')} }) do release(key, reservedAtMs) end
if redis.call('HGET', code, 'singleSend') == nonce then redis.call('DEL', code) end`,
});

export const smsCodeScripts = [openSmsCode, releaseSmsCode] as const;

export interface OpenSmsCode {
  readonly kind: 'opened';
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  readonly nonce: string;
  readonly expiresInMs: number;
  /** The time of the reservation, by the clock of Redis. */
  readonly reservedAtMs: number;
}

export class SmsCodeStore {
  constructor(
    private readonly redis: RedisDependency<(typeof smsCodeScripts)[number]>,
    private readonly keys: RedisKeys,
    private readonly ttlSeconds: number,
  ) {}

  /**
   * Reserves the rate limits of one SMS and opens its code: both or neither. A code that lives long enough and has
   * attempts left is reused, with its attempts and its expiry unchanged. Otherwise `freshNonce` starts a new code.
   * @throws DependencyUnavailableError if Redis does not answer; the SMS must not be sent then.
   */
  async open(
    purpose: SmsCodePurpose,
    mobile: Mobile,
    rateLimits: LimitsOf<'sendSms'>,
    freshNonce: string,
  ): Promise<OpenSmsCode | RateLimitExceeded> {
    const limits = rateLimitInput(rateLimits);
    const reply = await this.redis.use((redis) =>
      redis.runScript(openSmsCode, {
        keys: { ...limits.keys, code: this.keys.smsCode(purpose, mobile) },
        args: {
          ...limits.args,
          freshNonce,
          ttlMs: this.ttlSeconds * 1000,
          minLifetimeMs: MIN_LIFETIME_FOR_RESEND_MS,
          maxAttempts: ATTEMPTS_PER_CODE,
        },
      }),
    );
    return reply.kind === 'exceeded' ? exceededLimit(rateLimits, reply) : { ...reply, purpose, mobile };
  }

  /**
   * Releases the rate limits of an SMS that was certainly not sent, and its code unless another SMS carries it.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async release(
    { purpose, mobile, nonce, reservedAtMs }: OpenSmsCode,
    rateLimits: LimitsOf<'sendSms'>,
  ): Promise<void> {
    const keys = { ...rateLimitKeys(rateLimits), code: this.keys.smsCode(purpose, mobile) };
    await this.redis.use((redis) => redis.runScript(releaseSmsCode, { keys, args: { reservedAtMs, nonce } }));
  }
}
