// Allowances in Redis.

import type { Result } from 'ioredis';
import type { RedisDependency } from '../common/redis/redis-client.ts';
import { allowanceArguments, type RateLimit } from './rate-limit.ts';
import { RESERVE_LUA } from './rate-limit-lua.ts';
import { TooManyRequestsError } from './rate-limiting.schema.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    reserveRateLimits(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<[number, number], Context>;
  }
}

export const rateLimitScripts = {
  // KEYS, ARGV and reply: as reserve() above it.
  reserveRateLimits: { lua: `${RESERVE_LUA} return reserve(KEYS, ARGV)` },
};

/** The refusal that the reply of reserve() means, if it is one. */
export function refusalOf(
  allowances: readonly RateLimit[],
  [blocked, waitMs]: readonly [number, number],
): TooManyRequestsError | undefined {
  const used = allowances[blocked - 1];
  return used && new TooManyRequestsError(used.scope, waitMs);
}

export class RateLimitStore {
  constructor(private readonly redis: RedisDependency) {}

  /**
   * Takes one from each allowance or from none, in one atomic step. In a Cluster the keys must share a hash tag.
   * @returns the refusal, or `undefined` if it was taken.
   * @throws DependencyUnavailableError if Redis does not answer; it may have counted all the same.
   */
  async reserve(allowances: readonly RateLimit[]): Promise<TooManyRequestsError | undefined> {
    const keys = allowances.map(({ key }) => key);
    const reply = await this.redis.use((redis) =>
      redis.reserveRateLimits(keys.length, ...keys, ...allowanceArguments(allowances)),
    );
    return refusalOf(allowances, reply);
  }
}
