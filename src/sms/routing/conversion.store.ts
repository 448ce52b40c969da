// Counts accepted and verified SMS in Redis, for each provider and carrier prefix.
//
// The counts of a provider and a prefix are a hash. Its fields are buckets, by the time at which the SMS was accepted:
//   <bucket>:accepted   SMS that the provider accepted
//   <bucket>:verified   those of them whose code was verified, at any later time
// The callers count the first SMS of a code only. A resend goes to people who did not receive that one, and to another
// provider, which would look worse than it is.
// A hash has at most two fields for each bucket of the window, the current one and the next one.

import { booleanReply, defineScript } from '../../common/redis/define-script.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { type CarrierPrefix, carrierPrefixes } from './carrier-prefix.ts';
import type { ConversionCounts } from './conversion.ts';
import { BUCKET_MS, bucketOf, countedBuckets, WINDOW_BUCKETS } from './conversion-window.ts';

/** A hash without new SMS ends when its last bucket has left the window. The bucket may be the next one. */
const TTL_MS = (WINDOW_BUCKETS + 2) * BUCKET_MS;

/** Keys that are read in one call. A call has a time limit, and so many replies together stay below one megabyte. */
const KEYS_PER_READ = 100;

const countConversion = defineScript({
  name: 'countConversion',
  keys: ['counts'],
  args: ['bucket', 'event', 'bucketMs', 'windowBuckets', 'ttlMs'],
  reply: booleanReply,
  // The clock of Redis decides: an instance whose clock is wrong neither adds buckets without bound nor deletes those of
  // others. The next bucket is allowed, because the clock of an instance may be a little ahead. A Cluster client that repeats a
  // call whose reply was lost counts an SMS twice, which is too little to change an order.
  lua: `
local current = math.floor(tonumber(redis.call('TIME')[1]) * 1000 / tonumber(bucketMs))
local oldest = current - tonumber(windowBuckets)
if tonumber(bucket) < oldest or tonumber(bucket) > current + 1 then return 0 end
if redis.call('HINCRBY', counts, bucket .. ':' .. event, 1) == 1 then
  local expired = {}
  for _, field in ipairs(redis.call('HKEYS', counts)) do
    if tonumber(string.match(field, '^%d+')) < oldest then expired[#expired + 1] = field end
  end
  if #expired > 0 then redis.call('HDEL', counts, unpack(expired)) end
end
redis.call('PEXPIRE', counts, ttlMs)
return 1`,
});

export const conversionScripts = [countConversion] as const;

/** A hash of Redis and what it counts. */
interface CountsKey {
  readonly provider: string;
  readonly prefix: CarrierPrefix;
  readonly key: string;
}

export class ConversionStore {
  constructor(
    private readonly redis: RedisDependency<(typeof conversionScripts)[number]>,
    private readonly keys: RedisKeys,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Counts an SMS that the provider has accepted. Call it for the first SMS of a code, not for a resend.
   * @returns whether it counts: false if it is older than the window, or in the future.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  recordAccepted(provider: string, prefix: CarrierPrefix, acceptedAtMs: number): Promise<boolean> {
    return this.count(provider, prefix, acceptedAtMs, 'accepted');
  }

  /**
   * Counts an SMS whose code was verified. Call it once, and not if there was a resend of the code.
   * @param acceptedAtMs the time that `recordAccepted` had: both belong to one bucket.
   * @returns whether it counts: false if it is older than the window, or in the future.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  recordVerified(provider: string, prefix: CarrierPrefix, acceptedAtMs: number): Promise<boolean> {
    return this.count(provider, prefix, acceptedAtMs, 'verified');
  }

  /**
   * The counts of every provider and prefix, for each complete bucket of the window that has some.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async read(providers: readonly string[]): Promise<ConversionCounts[]> {
    const keys = this.keysOf(providers);
    const counted = countedBuckets(this.now());
    const counts: ConversionCounts[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_READ) {
      const batch = keys.slice(start, start + KEYS_PER_READ);
      const hashes = await this.redis.use((redis) => Promise.all(batch.map(({ key }) => redis.hgetall(key))));
      for (const [index, { provider, prefix }] of batch.entries())
        for (const bucket of bucketsOf(hashes[index] ?? {}, counted))
          counts.push({ provider, prefix, ...bucket });
    }
    return counts;
  }

  private count(
    provider: string,
    prefix: CarrierPrefix,
    acceptedAtMs: number,
    event: 'accepted' | 'verified',
  ): Promise<boolean> {
    const keys = { counts: this.keys.conversion(provider, prefix) };
    const window = { bucketMs: BUCKET_MS, windowBuckets: WINDOW_BUCKETS, ttlMs: TTL_MS };
    const args = { bucket: bucketOf(acceptedAtMs), event, ...window };
    return this.redis.use((redis) => redis.runScript(countConversion, { keys, args }));
  }

  private keysOf(providers: readonly string[]): CountsKey[] {
    return providers.flatMap((provider) =>
      carrierPrefixes.map((prefix) => ({ provider, prefix, key: this.keys.conversion(provider, prefix) })),
    );
  }
}

/**
 * More verified than accepted SMS in a bucket mean that Redis has lost counts of accepted ones, for example in a failover.
 * The excess does not count.
 */
function bucketsOf(
  hash: Readonly<Record<string, string>>,
  { first, last }: { readonly first: number; readonly last: number },
): { bucket: number; accepted: number; verified: number }[] {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return numbers
    .map((bucket) => {
      const accepted = Number(hash[`${bucket}:accepted`] ?? 0);
      return { bucket, accepted, verified: Math.min(accepted, Number(hash[`${bucket}:verified`] ?? 0)) };
    })
    .filter(({ accepted }) => accepted > 0);
}
