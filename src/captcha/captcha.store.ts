// The answers of live captchas in Redis, as plain text under `captcha:<id>`.

import type { RedisDependency } from '../common/redis/redis-client.ts';

export class CaptchaStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly ttlSeconds: number,
  ) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async save(id: string, text: string): Promise<void> {
    await this.redis.use((redis) => redis.set(key(id), text, 'EX', this.ttlSeconds));
  }

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async isLive(id: string): Promise<boolean> {
    return (await this.redis.use((redis) => redis.exists(key(id)))) === 1;
  }

  /**
   * Hands out the text of a captcha to exactly one caller and forgets it.
   * @returns `null` if there is none by that id.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async take(id: string): Promise<string | null> {
    return this.redis.use((redis) => redis.getdel(key(id)));
  }
}

function key(id: string): string {
  return `yz:captcha:${id}`;
}
