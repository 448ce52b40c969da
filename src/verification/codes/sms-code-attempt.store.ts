// Attempts at codes in Redis. Each is counted as a failure before anything is compared, and taken back when it was none;
// the counts of failures belong to the mobile and the purpose, and outlive the code.

import type { Result } from 'ioredis';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import type { Mobile } from '../../common/phone-number.ts';
import { failureStreakKey, failuresKey, rangeKey, smsCodeKey } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { RESERVE_LUA } from '../../rate-limiting/rate-limit-lua.ts';
import { RateLimitScope, TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import { SmsCodePurpose } from '../verification.schema.ts';
import { SmsCodeExpiredError } from '../verify-sms-code/verify-sms-code.schema.ts';
import { ATTEMPTS_PER_CODE } from './sms-code.ts';

type AttemptReply = ['counted', number, string, number] | ['refused', number] | ['no code'];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    countSmsCodeAttempt(keyCount: number, ...args: (string | number)[]): Result<AttemptReply, Context>;
    consumeSmsCode(keyCount: number, ...args: (string | number)[]): Result<number, Context>;
  }
}

export const FAILURES_PER_HOUR = 10;
/** NIST SP 800-63B-4 §3.2.2 allows no more than this without a success in between. */
export const FAILURES_IN_A_ROW = 100;

const HOUR_MS = 60 * 60 * 1000;
/** Nothing is kept for ever; for this purpose a year after the last failure is. */
const STREAK_LIFE_MS = 365 * 24 * HOUR_MS;

export const smsCodeAttemptScripts = {
  // KEYS: the last hour's failures, the failures in a row, the code's hash.
  // ARGV: failures in an hour and the hour in ms, failures in a row, the life of their count in ms, attempts at a code.
  // Reply: {'counted', time of the attempt in ms, nonce, attempts that remain after this one}, {'refused', wait in ms}
  //        or {'no code'}: there is none, or it is dead, and nothing was counted.
  countSmsCodeAttempt: {
    lua: `${RESERVE_LUA}
local failures, streak, code = KEYS[1], KEYS[2], KEYS[3]
local per_hour, hour = tonumber(ARGV[1]), tonumber(ARGV[2])
local in_a_row, most_attempts = tonumber(ARGV[3]), tonumber(ARGV[5])
if tonumber(redis.call('GET', streak) or 0) >= in_a_row then
  return {'refused', redis.call('PTTL', streak)}
end
local reserved = reserve({failures}, ARGV)
if reserved[1] > 0 then return {'refused', reserved[2]} end
local at = reserved[2]
local live = redis.call('HMGET', code, 'nonce', 'attempts')
if not live[1] or tonumber(live[2]) >= most_attempts then
  give_back({failures}, at)
  return {'no code'}
end
local attempts = redis.call('HINCRBY', code, 'attempts', 1)
local row = redis.call('INCR', streak)
redis.call('PEXPIRE', streak, ARGV[4])
local recent = 0
for _, time in ipairs(redis.call('LRANGE', failures, 0, -1)) do
  if tonumber(time) > at - hour then recent = recent + 1 end
end
local remaining = math.min(most_attempts - attempts, per_hour - recent, in_a_row - row)
return {'counted', at, live[1], remaining}`,
  },
  // KEYS: as above, then the texts to the range of numbers that were not verified.
  // ARGV: the time of the attempt in ms, the nonce that it was compared with.
  // Reply: 1 if this very call ended the code, 0 if it was gone before. A right code is no failure in either case.
  consumeSmsCode: {
    lua: `${RESERVE_LUA}
give_back({KEYS[1]}, ARGV[1])
redis.call('DEL', KEYS[2])
if redis.call('HGET', KEYS[3], 'nonce') ~= ARGV[2] then return 0 end
for at in string.gmatch(redis.call('HGET', KEYS[3], 'texts') or '', '%d+') do give_back({KEYS[4]}, at) end
return redis.call('DEL', KEYS[3])`,
  },
};

export interface SmsCodeAttempt {
  /** What the code follows from. */
  readonly nonce: string;
  /** How often the code can be tried after this, if this was wrong. */
  readonly attemptsRemaining: number;
  /** For a right code: takes the failure back and ends the code. Of all callers for one code, one gets `true`. */
  readonly consume: () => Promise<boolean>;
}

export class SmsCodeAttemptStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly hash: KeyedHash,
  ) {}

  /**
   * Counts one attempt at the live code of a mobile, as a failure until it proves to be none.
   * @throws DependencyUnavailableError if Redis does not answer; it may have counted all the same.
   */
  async count(
    purpose: SmsCodePurpose,
    mobile: Mobile,
  ): Promise<SmsCodeAttempt | SmsCodeExpiredError | TooManyRequestsError> {
    const keys = this.keys(purpose, mobile);
    const limits = [FAILURES_PER_HOUR, HOUR_MS, FAILURES_IN_A_ROW, STREAK_LIFE_MS, ATTEMPTS_PER_CODE];
    const reply = await this.redis.use((redis) => redis.countSmsCodeAttempt(keys.length, ...keys, ...limits));
    if (reply[0] === 'no code') return new SmsCodeExpiredError();
    if (reply[0] === 'refused') return new TooManyRequestsError(RateLimitScope.MOBILE, reply[1]);
    const [, atMs, nonce, attemptsRemaining] = reply;
    const all = [...keys, rangeKey(this.hash, mobile)];
    const consume = async () =>
      (await this.redis.use((redis) => redis.consumeSmsCode(all.length, ...all, atMs, nonce))) === 1;
    return { nonce, attemptsRemaining, consume };
  }

  /**
   * Forgets all failures at codes of a mobile, for both purposes.
   * @returns whether there were any.
   */
  async forgive(mobile: Mobile): Promise<boolean> {
    const keys = Object.values(SmsCodePurpose).flatMap((purpose) => this.keys(purpose, mobile).slice(0, 2));
    return (await this.redis.use((redis) => redis.del(...keys))) > 0;
  }

  private keys(purpose: SmsCodePurpose, mobile: Mobile): string[] {
    const key = [failuresKey, failureStreakKey, smsCodeKey] as const;
    return key.map((name) => name(this.hash, purpose, mobile));
  }
}
