// Live captchas in Redis: the text of each as a plain string with a TTL.

import type { RedisKeys } from '../common/redis/keys.ts';
import type { RedisDependency } from '../common/redis/redis-client.ts';

export class CaptchaStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly keys: RedisKeys,
    private readonly ttlSeconds: number,
  ) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async save(id: string, text: string): Promise<void> {
    await this.redis.use((redis) => redis.set(this.keys.captcha(id), text, 'EX', this.ttlSeconds));
  }

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async isLive(id: string): Promise<boolean> {
    return (await this.redis.use((redis) => redis.exists(this.keys.captcha(id)))) === 1;
  }

  /**
   * Returns the text of a captcha and deletes it, atomically: only one caller gets it.
   * @returns `null` if there is no captcha with this id.
   * @throws DependencyUnavailableError if Redis does not answer.
   */
  async redeem(id: string): Promise<string | null> {
    return this.redis.use((redis) => redis.getdel(this.keys.captcha(id)));
  }
}
