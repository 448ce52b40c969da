// Live codes in Redis: each opened in the same atomic step that reserves the text's allowances. A code's hash holds its
// nonce, the attempts made at it, and, until a resend, the reservation that opened it.

import type { Result } from 'ioredis';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import type { Mobile } from '../../common/phone-number.ts';
import { smsCodeKey } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { refusalOf } from '../../rate-limiting/rate-limit.store.ts';
import { allowanceArguments, type RateLimit } from '../../rate-limiting/rate-limit.ts';
import { RESERVE_LUA } from '../../rate-limiting/rate-limit-lua.ts';
import type { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { SmsCodePurpose } from '../verification.schema.ts';
import { ATTEMPTS_PER_CODE } from './sms-code.ts';

type OpenReply = [0, number, string, number] | [number, number];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    openSmsCode(keyCount: number, ...keysAndArguments: (string | number)[]): Result<OpenReply, Context>;
    discardSmsCode(keyCount: number, ...keysAndArguments: (string | number)[]): Result<null, Context>;
  }
}

/** A code with less life than this is not worth sending again. */
const RESEND_NEEDS_MS = 60_000;

export const smsCodeScripts = {
  // KEYS: the allowances' lists, then the code's hash.
  // ARGV: limit and window in ms of each allowance, then a fresh nonce, the life of a new code in ms, the life below
  //       which a code is replaced, and the attempts after which it is dead, so that a text does not carry it.
  // Reply: {0, time of the reservation in ms, nonce of the live code, its life in ms}, or reserve()'s refusal.
  openSmsCode: {
    lua: `${RESERVE_LUA}
local key = table.remove(KEYS)
local reserved = reserve(KEYS, ARGV)
if reserved[1] > 0 then return reserved end
local at, fresh, ttl = reserved[2], ARGV[#ARGV - 3], tonumber(ARGV[#ARGV - 2])
local enough, dead = tonumber(ARGV[#ARGV - 1]), tonumber(ARGV[#ARGV])
local life = redis.call('PTTL', key)
if life > enough and tonumber(redis.call('HGET', key, 'attempts')) < dead then
  redis.call('HDEL', key, 'opened_by')
  redis.call('HSET', key, 'texts', redis.call('HGET', key, 'texts') .. ',' .. string.format('%.0f', at))
  return {0, at, redis.call('HGET', key, 'nonce'), life}
end
redis.call('DEL', key)
redis.call('HSET', key, 'nonce', fresh, 'attempts', 0, 'opened_by', fresh, 'texts', string.format('%.0f', at))
redis.call('PEXPIRE', key, ttl)
return {0, at, fresh, ttl}`,
  },
  // KEYS: as above. ARGV: the time of the reservation in ms, the nonce that was sent. Reply: nothing.
  // A code that a second text carries, or carried before, is no longer opened by this one, and lives on.
  discardSmsCode: {
    lua: `${RESERVE_LUA}
local key = table.remove(KEYS)
give_back(KEYS, ARGV[1])
if redis.call('HGET', key, 'opened_by') == ARGV[2] then redis.call('DEL', key) end`,
  },
};

export interface OpenSmsCode {
  readonly nonce: string;
  readonly expiresInMs: number;
  /** Takes the reservation back, and the code if no other text carries it: for a text that surely never left. */
  readonly discard: () => Promise<void>;
}

export class SmsCodeStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly hash: KeyedHash,
    private readonly ttlSeconds: number,
  ) {}

  /**
   * Reserves one text and opens its code, both or neither. A code that lives long enough and can still be tried is
   * carried again, with its attempts and its expiry as they are; else `freshNonce` begins a new one.
   * @throws DependencyUnavailableError if Redis does not answer; the text must not be sent then.
   */
  async open(
    purpose: SmsCodePurpose,
    mobile: Mobile,
    allowances: readonly RateLimit[],
    freshNonce: string,
  ): Promise<OpenSmsCode | TooManyRequestsError> {
    const keys = [...allowances.map(({ key }) => key), smsCodeKey(this.hash, purpose, mobile)];
    const reply = await this.redis.use((redis) =>
      redis.openSmsCode(
        keys.length,
        ...keys,
        ...allowanceArguments(allowances),
        freshNonce,
        this.ttlSeconds * 1000,
        RESEND_NEEDS_MS,
        ATTEMPTS_PER_CODE,
      ),
    );
    const refusal = refusalOf(allowances, [reply[0], reply[1]]);
    if (refusal) return refusal;
    const [, atMs, nonce, expiresInMs] = reply as [0, number, string, number];
    const discard = async () => {
      await this.redis.use((redis) => redis.discardSmsCode(keys.length, ...keys, atMs, nonce));
    };
    return { nonce, expiresInMs, discard };
  }
}
