// Tokens that were spent, in Redis, by their `jti`, until they expire.

import type { RedisDependency } from '../shared/redis-client.ts';

/** Longer than any attempt to register takes, and over when `ServiceUnavailableError` wants another one made. */
const CLAIM_SECONDS = 4;

export class SpentTokenStore {
  constructor(private readonly redis: RedisDependency) {}

  /**
   * Claims a token for one caller, for some seconds: it is spent for good only by `spend`, so that a registration that
   * fails half-way, whatever fails, burns no token.
   * @returns whether it was free.
   * @throws DependencyUnavailable if Redis does not answer.
   */
  async claim(jti: string): Promise<boolean> {
    const reply = await this.redis.use((redis) => redis.set(key(jti), 'claimed', 'EX', CLAIM_SECONDS, 'NX'));
    return reply === 'OK';
  }

  /** @throws DependencyUnavailable if Redis does not answer. */
  async spend(jti: string, forSeconds: number): Promise<void> {
    await this.redis.use((redis) => redis.set(key(jti), 'spent', 'EX', Math.max(1, Math.ceil(forSeconds))));
  }

  /** Gives a claimed token back. @throws DependencyUnavailable if Redis does not answer. */
  async giveBack(jti: string): Promise<void> {
    await this.redis.use((redis) => redis.del(key(jti)));
  }
}

function key(jti: string): string {
  return `token:${jti}`;
}
