// Open codes in Redis. A code is opened in the same atomic step that reserves the rate limits of its SMS.
//
// A code is a hash with the fields
//   nonce     the source of the code
//   attempts  the number of comparisons
//   sends     the reservations of the SMS that carry the code, separated by commas
//   deliveries  the names of their delivery records, in the same order

import type { Mobile } from '../../common/phone-number.ts';
import { randomToken } from '../../common/random-id.ts';
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
  readonly reservation: string;
  /** Empty if there is none. */
  readonly previousDelivery: string;
  readonly isKnown: 0 | 1;
}

const openSmsCode = defineScript({
  name: 'openSmsCode',
  keys: [...sendLimits.keys, 'code', 'proved'],
  args: [...sendLimits.args, 'token', 'delivery', 'freshNonce', 'ttlMs', 'minLifetimeMs', 'maxAttempts'],
  uses: [reserve],
  reply: fieldsReply<OpenedReply | ExceededReply>(),
  // A Cluster client repeats a command whose reply was lost: its own reservation must not reject it.
  lua: `
local isKnown = redis.call('EXISTS', proved)
local remainingMs = redis.call('PTTL', code)
local nonce, attempts, sends, deliveries = unpack(redis.call('HMGET', code, 'nonce', 'attempts', 'sends', 'deliveries'))
deliveries = deliveries or ''
local _, tokenEnd = string.find(sends or '', ':' .. token, 1, true)
if tokenEnd then
  local own = string.match(string.sub(sends, 1, tokenEnd), '[^,]+$')
  local ownStart = string.find(deliveries, delivery, 1, true) or 1
  local earlier = string.sub(deliveries, 1, ownStart - 2)
  return fields({ kind = 'opened', nonce = nonce, expiresInMs = remainingMs, reservation = own,
    previousDelivery = string.match(earlier, '[^,]*$'), isKnown = isKnown })
end

local reserved = reserve(${sendLimits.table}, token)
if reserved.exceeded then return fields(reserved) end
local reservation = reserved.reservation
local previousDelivery = string.match(deliveries, '[^,]*$')

if remainingMs > tonumber(minLifetimeMs) and tonumber(attempts) < tonumber(maxAttempts) then
  redis.call('HSET', code, 'sends', sends .. ',' .. reservation, 'deliveries', deliveries .. ',' .. delivery)
  return fields({ kind = 'opened', nonce = nonce, expiresInMs = remainingMs, reservation = reservation,
    previousDelivery = previousDelivery, isKnown = isKnown })
end

redis.call('DEL', code)
redis.call('HSET', code, 'nonce', freshNonce, 'attempts', 0, 'sends', reservation, 'deliveries', delivery)
redis.call('PEXPIRE', code, ttlMs)
return fields({ kind = 'opened', nonce = freshNonce, expiresInMs = tonumber(ttlMs), reservation = reservation,
  previousDelivery = previousDelivery, isKnown = isKnown })`,
});

const releaseSmsCode = defineScript({
  name: 'releaseSmsCode',
  keys: [...sendLimits.keys, 'code'],
  args: ['reservation', 'nonce', 'delivery'],
  uses: [release],
  reply: noReply,
  // A code that another SMS carries stays open.
  lua: `
for _, key in ipairs({ ${sendLimits.keys.join(', ')} }) do release(key, reservation) end
local storedNonce, sends, deliveries = unpack(redis.call('HMGET', code, 'nonce', 'sends', 'deliveries'))
if storedNonce ~= nonce then return end
local function without(list, item)
  local others = {}
  for other in string.gmatch(list or '', '[^,]+') do
    if other ~= item then others[#others + 1] = other end
  end
  return table.concat(others, ',')
end
local others = without(sends, reservation)
if others == '' then redis.call('DEL', code)
else redis.call('HSET', code, 'sends', others, 'deliveries', without(deliveries, delivery)) end`,
});

export const smsCodeScripts = [openSmsCode, releaseSmsCode] as const;

export interface OpenSmsCode {
  readonly kind: 'opened';
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  readonly nonce: string;
  readonly expiresInMs: number;
  /** The reservation of the SMS in the lists of its limits. */
  readonly reservation: string;
  /** The name of the delivery record of the SMS. */
  readonly delivery: string;
  /** That of the latest SMS before it with the same code, or with the code that this one replaces. */
  readonly previousDelivery: string | undefined;
  /** Whether the mobile was proved within 90 days. */
  readonly isKnownMobile: boolean;
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
   * @param delivery the name of the delivery record of the SMS.
   * @throws DependencyUnavailableError if Redis does not answer; the SMS must not be sent then.
   */
  async open(
    purpose: SmsCodePurpose,
    mobile: Mobile,
    rateLimits: LimitsOf<'sendSms'>,
    delivery: string,
    freshNonce: string,
  ): Promise<OpenSmsCode | RateLimitExceeded> {
    const limits = rateLimitInput(rateLimits);
    const reply = await this.redis.use((redis) =>
      redis.runScript(openSmsCode, {
        keys: {
          ...limits.keys,
          code: this.keys.smsCode(purpose, mobile),
          proved: this.keys.provedMobile(mobile),
        },
        args: {
          ...limits.args,
          token: randomToken(),
          delivery,
          freshNonce,
          ttlMs: this.ttlSeconds * 1000,
          minLifetimeMs: MIN_LIFETIME_FOR_RESEND_MS,
          maxAttempts: ATTEMPTS_PER_CODE,
        },
      }),
    );
    if (reply.kind === 'exceeded') return exceededLimit(rateLimits, reply);
    const { kind, nonce, expiresInMs, reservation } = reply;
    return {
      ...{ kind, purpose, mobile, nonce, expiresInMs, reservation, delivery },
      previousDelivery: reply.previousDelivery || undefined,
      isKnownMobile: reply.isKnown === 1,
    };
  }

  /**
   * Releases the rate limits of an SMS that was certainly not sent, and its code unless another SMS carries it. Repeating it
   * changes nothing.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async release(
    { purpose, mobile, nonce, reservation, delivery }: OpenSmsCode,
    rateLimits: LimitsOf<'sendSms'>,
  ): Promise<void> {
    const keys = { ...rateLimitKeys(rateLimits), code: this.keys.smsCode(purpose, mobile) };
    await this.redis.use((redis) =>
      redis.runScript(releaseSmsCode, { keys, args: { reservation, nonce, delivery } }),
    );
  }
}
