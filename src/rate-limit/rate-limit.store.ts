// Allowances in Redis.

import type { Result } from 'ioredis';
import type { RedisDependency } from '../shared/redis-client.ts';
import { type Allowance, allowanceArguments, type Reservation } from './allowance.ts';
import { TooManyRequestsError } from './rate-limit.schema.ts';
import { RESERVE_LUA } from './reserve-lua.ts';

declare module 'ioredis' {
  interface RedisCommander<Context> {
    reserveAllowances(
      keyCount: number,
      ...keysAndArguments: (string | number)[]
    ): Result<[number, number], Context>;
    giveBackAllowances(keyCount: number, ...keysAndArguments: (string | number)[]): Result<null, Context>;
  }
}

export const rateLimitScripts = {
  // KEYS, ARGV and reply: as reserve() above it.
  reserveAllowances: { lua: `${RESERVE_LUA} return reserve(KEYS, ARGV)` },
  // KEYS: the lists. ARGV: the reservation's time in ms. Reply: nothing.
  giveBackAllowances: { lua: `${RESERVE_LUA} give_back(KEYS, ARGV[1])` },
};

/** The refusal that the reply of reserve() means, if it is one. */
export function refusalOf(
  allowances: readonly Allowance[],
  [blocked, waitMs]: readonly [number, number],
): TooManyRequestsError | undefined {
  const used = allowances[blocked - 1];
  return used && new TooManyRequestsError(used.scope, waitMs);
}

export class RateLimitStore {
  constructor(private readonly redis: RedisDependency) {}

  /**
   * Takes one from each allowance or from none, in one atomic step. In a Cluster the keys must share a hash tag.
   * @throws DependencyUnavailable if Redis does not answer; it may have counted all the same.
   */
  async reserve(allowances: readonly Allowance[]): Promise<Reservation | TooManyRequestsError> {
    const keys = allowances.map(({ key }) => key);
    const reply = await this.redis.use((redis) =>
      redis.reserveAllowances(keys.length, ...keys, ...allowanceArguments(allowances)),
    );
    return refusalOf(allowances, reply) ?? { allowances, atMs: reply[1] };
  }

  /** Undoes a reservation, for a deed that surely did not happen. */
  async giveBack({ allowances, atMs }: Reservation): Promise<void> {
    const keys = allowances.map(({ key }) => key);
    await this.redis.use((redis) => redis.giveBackAllowances(keys.length, ...keys, atMs));
  }
}
