// Requests for a text in Redis: each claimed by the first who makes it, in the same atomic step that counts it for its
// address, and kept with its answer for those who make it again.

import type { Result } from 'ioredis';
import type { KeyedHash } from '../../common/keyed-hash.ts';
import { idempotencyKey, type SmsRequest } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { refusalOf } from '../../rate-limiting/rate-limit.store.ts';
import { allowanceArguments, type RateLimit } from '../../rate-limiting/rate-limit.ts';
import { RESERVE_LUA } from '../../rate-limiting/rate-limit-lua.ts';
import type { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';

type ClaimReply = ['first'] | ['known', string, number] | ['refused', number, number];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    claimIdempotencyKey(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<ClaimReply, Context>;
    replaceIdempotencyRecord(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<number, Context>;
  }
}

export const idempotencyScripts = {
  // KEYS: the allowances' lists, then the request.
  // ARGV: limit and window in ms of each allowance, then the claim, which nobody else makes, and its life in ms.
  // Reply: {'first'}: it is claimed; {'known', claim or answer, ms since the claim}: nothing was counted; or
  //        {'refused', and reserve()'s refusal}: nothing was claimed.
  // The very claim again is a command that a Cluster's client repeated.
  claimIdempotencyKey: {
    lua: `${RESERVE_LUA}
local key = table.remove(KEYS)
local claim, life = ARGV[#ARGV - 1], ARGV[#ARGV]
local known = redis.call('GET', key)
if known and known ~= claim then return {'known', known, life - redis.call('PTTL', key)} end
if known then return {'first'} end
local reserved = reserve(KEYS, ARGV)
if reserved[1] > 0 then return {'refused', reserved[1], reserved[2]} end
redis.call('SET', key, claim, 'PX', life)
return {'first'}`,
  },
  // KEYS: the request. ARGV: the claim that it must hold, what it holds from then on, and the life of that in ms.
  // Reply: 1 if it did.
  replaceIdempotencyRecord: {
    lua: `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`,
  },
};

const PENDING = 'pending ';

/** Whoever has it may answer the request, unless somebody else took it over. */
export interface RequestClaim {
  /** Keeps the answer, as text, for so long; `false` if somebody else has the claim, or answered. */
  readonly record: (answer: string, lifeMs: number) => Promise<boolean>;
}

export type RequestState =
  /** This very call claimed it, and it counts for its address. */
  | { readonly kind: 'first'; readonly claim: RequestClaim }
  /** Nothing was claimed. */
  | { readonly kind: 'refused'; readonly refusal: TooManyRequestsError }
  | { readonly kind: 'answered'; readonly record: string }
  /** Somebody claimed it so long ago and has not answered. Of all who take it over at once, one gets the claim. */
  | {
      readonly kind: 'pending';
      readonly ageMs: number;
      readonly claim: RequestClaim;
      readonly takeOver: (token: string) => Promise<RequestClaim | undefined>;
    };

export class IdempotencyStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly hash: KeyedHash,
    /** How long a claim lives: as long as a captcha. */
    private readonly lifeMs: number,
  ) {}

  /**
   * Claims a request that nobody made before, if the allowances have room for it. `token` must be random.
   * @throws DependencyUnavailableError if Redis does not answer; it may be claimed and counted all the same.
   */
  async claim(request: SmsRequest, allowances: readonly RateLimit[], token: string): Promise<RequestState> {
    const key = idempotencyKey(this.hash, request);
    const keys = [...allowances.map((allowance) => allowance.key), key];
    const claim = PENDING + token;
    const reply = await this.redis.use((redis) =>
      redis.claimIdempotencyKey(keys.length, ...keys, ...allowanceArguments(allowances), claim, this.lifeMs),
    );
    if (reply[0] === 'first') return { kind: 'first', claim: this.claimOf(key, claim) };
    if (reply[0] === 'known') return this.known(key, reply[1], reply[2]);
    const refusal = refusalOf(allowances, [reply[1], reply[2]]) as TooManyRequestsError;
    return { kind: 'refused', refusal };
  }

  private known(key: string, value: string, ageMs: number): RequestState {
    if (!value.startsWith(PENDING)) return { kind: 'answered', record: value };
    const takeOver = async (token: string) => {
      const claim = PENDING + token;
      return (await this.replace(key, value, claim, this.lifeMs)) ? this.claimOf(key, claim) : undefined;
    };
    return { kind: 'pending', ageMs, claim: this.claimOf(key, value), takeOver };
  }

  private claimOf(key: string, claim: string): RequestClaim {
    return { record: (answer, lifeMs) => this.replace(key, claim, answer, lifeMs) };
  }

  private async replace(key: string, claim: string, value: string, lifeMs: number): Promise<boolean> {
    return (
      (await this.redis.use((redis) => redis.replaceIdempotencyRecord(1, key, claim, value, lifeMs))) === 1
    );
  }
}
