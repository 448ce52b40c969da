// Idempotency records in Redis. The first request claims its key, in the same atomic step that reserves the rate limit of
// its address. Later the record holds the stored response.

import { booleanReply, defineScript, fieldsReply } from '../../common/redis/define-script.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import type { LimitsOf } from '../../rate-limiting/limits.ts';
import type { RateLimitExceeded } from '../../rate-limiting/rate-limit.ts';
import {
  type ExceededReply,
  exceededLimit,
  rateLimitInput,
  rateLimitParameters,
  reserve,
} from '../../rate-limiting/rate-limit-script.ts';

const addressLimits = rateLimitParameters('requestSmsCode');

type ClaimReply =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'found'; readonly value: string; readonly ageMs: number }
  | ExceededReply;

const claimIdempotencyKey = defineScript({
  name: 'claimIdempotencyKey',
  keys: [...addressLimits.keys, 'record'],
  args: [...addressLimits.args, 'claim', 'ttlMs'],
  uses: [reserve],
  reply: fieldsReply<ClaimReply>(),
  // A Cluster client repeats a command whose reply was lost: finding its own claim, it must not reserve twice.
  lua: `
local value = redis.call('GET', record)
if value == claim then return fields({ kind = 'claimed' }) end
if value then
  return fields({ kind = 'found', value = value, ageMs = ttlMs - redis.call('PTTL', record) })
end
local reserved = reserve(${addressLimits.table})
if reserved.exceeded then return fields(reserved) end
redis.call('SET', record, claim, 'PX', ttlMs)
return fields({ kind = 'claimed' })`,
});

const replaceIdempotencyRecord = defineScript({
  name: 'replaceIdempotencyRecord',
  keys: ['record'],
  args: ['expected', 'value', 'ttlMs'],
  reply: booleanReply,
  lua: `
if redis.call('GET', record) ~= expected then return 0 end
redis.call('SET', record, value, 'PX', ttlMs)
return 1`,
});

export const idempotencyScripts = [claimIdempotencyKey, replaceIdempotencyRecord] as const;

const CLAIM_PREFIX = 'pending ';

/** The right to execute a request and to store its response. `value` identifies the claim in the record. */
export interface IdempotencyClaim {
  readonly record: string;
  readonly value: string;
}

export type ClaimResult =
  /** This call claimed the record. */
  | { readonly kind: 'claimed'; readonly claim: IdempotencyClaim }
  /** The original request has completed. */
  | { readonly kind: 'completed'; readonly response: string }
  /** The original request claimed the record `ageMs` ago and is not completed. */
  | { readonly kind: 'pending'; readonly claim: IdempotencyClaim; readonly ageMs: number }
  /** Nothing was claimed and nothing reserved. */
  | RateLimitExceeded;

export class IdempotencyStore {
  constructor(
    private readonly redis: RedisDependency<(typeof idempotencyScripts)[number]>,
    private readonly claimTtlMs: number,
  ) {}

  /**
   * Claims a record that does not exist yet, and reserves the rate limits for it. `token` must be random.
   * @throws DependencyUnavailableError if Redis does not answer; the record may be claimed nevertheless.
   */
  async claim(record: string, rateLimits: LimitsOf<'requestSmsCode'>, token: string): Promise<ClaimResult> {
    const limits = rateLimitInput(rateLimits);
    const claim: IdempotencyClaim = { record, value: CLAIM_PREFIX + token };
    const reply = await this.redis.use((redis) =>
      redis.runScript(claimIdempotencyKey, {
        keys: { ...limits.keys, record },
        args: { ...limits.args, claim: claim.value, ttlMs: this.claimTtlMs },
      }),
    );
    switch (reply.kind) {
      case 'claimed':
        return { kind: 'claimed', claim };
      case 'exceeded':
        return exceededLimit(rateLimits, reply);
      case 'found':
        return reply.value.startsWith(CLAIM_PREFIX)
          ? { kind: 'pending', claim: { record, value: reply.value }, ageMs: reply.ageMs }
          : { kind: 'completed', response: reply.value };
    }
  }

  /**
   * Replaces the claim of a request that was abandoned. If several callers race, one gets the new claim.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async takeOver(claim: IdempotencyClaim, token: string): Promise<IdempotencyClaim | undefined> {
    const next = CLAIM_PREFIX + token;
    const isReplaced = await this.replace(claim, next, this.claimTtlMs);
    return isReplaced ? { record: claim.record, value: next } : undefined;
  }

  /**
   * Stores the response of a claimed request for `ttlMs`.
   * @returns `false` if another request holds the claim by now, or has completed.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  complete(claim: IdempotencyClaim, response: string, ttlMs: number): Promise<boolean> {
    return this.replace(claim, response, ttlMs);
  }

  private replace({ record, value: expected }: IdempotencyClaim, value: string, ttlMs: number) {
    return this.redis.use((redis) =>
      redis.runScript(replaceIdempotencyRecord, { keys: { record }, args: { expected, value, ttlMs } }),
    );
  }
}
