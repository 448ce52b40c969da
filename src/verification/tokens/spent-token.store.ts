// Tokens that were spent, in Redis, by their `jti`, until they expire.

import type { RedisDependency } from '../../common/redis/redis-client.ts';

/** The clock of another instance may be behind, and take a token for good that has expired here. */
const CLOCK_SKEW_SECONDS = 60;

export class SpentTokenStore {
  constructor(private readonly redis: RedisDependency) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async isSpent(jti: string): Promise<boolean> {
    return (await this.redis.use((redis) => redis.exists(key(jti)))) === 1;
  }

  /**
   * Spends a token that expires at that time.
   * @returns whether this very call did; of any number for one token, one does.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async spend(jti: string, expiresAtSeconds: number): Promise<boolean> {
    const lifeSeconds = Math.ceil(expiresAtSeconds - Date.now() / 1000) + CLOCK_SKEW_SECONDS;
    const reply = await this.redis.use((redis) => redis.set(key(jti), 'spent', 'EX', lifeSeconds, 'NX'));
    return reply === 'OK';
  }
}

function key(jti: string): string {
  return `yz:token:${jti}`;
}
