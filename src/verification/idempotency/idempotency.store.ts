// Idempotency records in Redis. The first request claims its record. Later the record holds the stored response.

import { booleanReply, defineScript, fieldsReply, noReply } from '../../common/redis/define-script.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';

type RecordReply =
  | { readonly kind: 'found'; readonly value: string; readonly ageMs: number }
  | { readonly kind: 'none' };

/** A TTL that is longer than `ttlMs` belongs to a server whose clock is behind: the record is new then. */
const foundReply = `fields({ kind = 'found', value = value, ageMs = math.max(0, ttlMs - redis.call('PTTL', record)) })`;

const claimIdempotencyKey = defineScript({
  name: 'claimIdempotencyKey',
  keys: ['record'],
  args: ['claim', 'abandoned', 'ttlMs'],
  reply: fieldsReply<{ readonly kind: 'claimed' } | Extract<RecordReply, { kind: 'found' }>>(),
  // A Cluster client repeats a command whose reply was lost, and finds its own claim.
  lua: `
local value = redis.call('GET', record)
if value and value ~= claim and value ~= abandoned then return ${foundReply} end
if value ~= claim then redis.call('SET', record, claim, 'PX', ttlMs) end
return fields({ kind = 'claimed' })`,
});

const readIdempotencyRecord = defineScript({
  name: 'readIdempotencyRecord',
  keys: ['record'],
  args: ['ttlMs'],
  reply: fieldsReply<RecordReply>(),
  lua: `
local value = redis.call('GET', record)
return value and ${foundReply} or fields({ kind = 'none' })`,
});

const completeIdempotencyRecord = defineScript({
  name: 'completeIdempotencyRecord',
  keys: ['record'],
  args: ['claim', 'response', 'ttlMs'],
  reply: booleanReply,
  lua: `
if redis.call('GET', record) ~= claim then return 0 end
redis.call('SET', record, response, 'PX', ttlMs)
return 1`,
});

const releaseIdempotencyClaim = defineScript({
  name: 'releaseIdempotencyClaim',
  keys: ['record'],
  args: ['claim'],
  reply: noReply,
  lua: `if redis.call('GET', record) == claim then redis.call('DEL', record) end`,
});

export const idempotencyScripts = [
  claimIdempotencyKey,
  readIdempotencyRecord,
  completeIdempotencyRecord,
  releaseIdempotencyClaim,
] as const;

const CLAIM_PREFIX = 'pending ';

/** The right to execute a request and to store its response. `value` identifies the claim in the record. */
export interface IdempotencyClaim {
  readonly record: string;
  readonly value: string;
}

/** The record of a request that another call claimed. */
export type FoundRecord =
  /** The original request has completed. */
  | { readonly kind: 'completed'; readonly response: string }
  /** The original request claimed the record `ageMs` ago and is not completed. */
  | { readonly kind: 'pending'; readonly claim: IdempotencyClaim; readonly ageMs: number };

export type ClaimResult = { readonly kind: 'claimed'; readonly claim: IdempotencyClaim } | FoundRecord;

export class IdempotencyStore {
  constructor(
    private readonly redis: RedisDependency<(typeof idempotencyScripts)[number]>,
    private readonly claimTtlMs: number,
  ) {}

  /**
   * Claims a record that does not exist, or that still has the claim of an abandoned request. If several callers race, one
   * gets the claim. `token` must be random.
   * @throws DependencyUnavailableError if Redis does not answer; the record may be claimed nevertheless.
   */
  async claim(record: string, token: string, abandoned?: IdempotencyClaim): Promise<ClaimResult> {
    const claim: IdempotencyClaim = { record, value: CLAIM_PREFIX + token };
    const reply = await this.redis.use((redis) =>
      redis.runScript(claimIdempotencyKey, {
        keys: { record },
        args: { claim: claim.value, abandoned: abandoned?.value ?? claim.value, ttlMs: this.claimTtlMs },
      }),
    );
    return reply.kind === 'claimed' ? { kind: 'claimed', claim } : foundRecord(record, reply);
  }

  /**
   * @returns `undefined` if there is no record.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async read(record: string): Promise<FoundRecord | undefined> {
    const reply = await this.redis.use((redis) =>
      redis.runScript(readIdempotencyRecord, { keys: { record }, args: { ttlMs: this.claimTtlMs } }),
    );
    return reply.kind === 'none' ? undefined : foundRecord(record, reply);
  }

  /**
   * Stores the response of a claimed request for `ttlMs`.
   * @returns `false` if another request holds the claim by now, or has completed.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  complete({ record, value }: IdempotencyClaim, response: string, ttlMs: number): Promise<boolean> {
    return this.redis.use((redis) =>
      redis.runScript(completeIdempotencyRecord, {
        keys: { record },
        args: { claim: value, response, ttlMs },
      }),
    );
  }

  /**
   * Releases a claim whose request was not executed. It counts as never made.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async release({ record, value }: IdempotencyClaim): Promise<void> {
    await this.redis.use((redis) =>
      redis.runScript(releaseIdempotencyClaim, { keys: { record }, args: { claim: value } }),
    );
  }
}

function foundRecord(record: string, { value, ageMs }: { value: string; ageMs: number }): FoundRecord {
  return value.startsWith(CLAIM_PREFIX)
    ? { kind: 'pending', claim: { record, value }, ageMs }
    : { kind: 'completed', response: value };
}
