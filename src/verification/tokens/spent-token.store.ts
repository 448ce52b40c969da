// Spent verification tokens in Redis, by their `jti`, until they expire.

import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { CLOCK_SKEW_SECONDS } from '../../config/time-budgets.ts';

export class SpentTokenStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly keys: RedisKeys,
  ) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async isSpent(jti: string): Promise<boolean> {
    return (await this.redis.use((redis) => redis.exists(this.keys.spentToken(jti)))) === 1;
  }

  /**
   * Spends a token, atomically. The record outlives the token by the clock skew, since another instance with a slow clock
   * still accepts the token.
   * @returns whether this call spent the token. If several callers race, exactly one gets `true`.
   * @throws DependencyUnavailableError if Redis does not answer; the token may be spent nevertheless.
   */
  async spend(jti: string, expiresAtSeconds: number): Promise<boolean> {
    const ttlSeconds = Math.ceil(expiresAtSeconds - Date.now() / 1000) + CLOCK_SKEW_SECONDS;
    const reply = await this.redis.use((redis) =>
      redis.set(this.keys.spentToken(jti), 'spent', 'EX', ttlSeconds, 'NX'),
    );
    return reply === 'OK';
  }
}
