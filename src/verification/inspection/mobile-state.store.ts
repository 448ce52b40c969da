// What Redis holds about one mobile, for operators: reads and erases it. It never reads the source of a code.

import type { Mobile } from '../../common/phone-number.ts';
import type { RedisKeys } from '../../common/redis/keys.ts';
import type { RedisDependency } from '../../common/redis/redis-client.ts';
import { type RateLimits, releasedByVerification } from '../../rate-limiting/limits.ts';
import type { RateLimit } from '../../rate-limiting/rate-limit.ts';
import { FAILURES_PER_HOUR, MAX_FAILURE_STREAK } from '../codes/sms-code-attempt.store.ts';
import { SmsCodePurpose } from '../sms-code-purpose.ts';

const HOUR_MS = 60 * 60 * 1000;

export interface LimitState {
  readonly name: string;
  readonly used: number;
  readonly limit: number;
  /** Seconds until the limit admits another SMS; 0 if it does now. */
  readonly retryAfterSeconds: number;
}

export interface CodeState {
  readonly expiresInSeconds: number;
  /** Comparisons so far. */
  readonly attempts: number;
  /** The names of the delivery records of its SMS, the oldest first. */
  readonly deliveries: readonly string[];
}

export interface PurposeState {
  readonly purpose: SmsCodePurpose;
  /** `undefined` if no code is open. */
  readonly code: CodeState | undefined;
  readonly failuresWithinHour: number;
  /** Failures since the last success. */
  readonly failureStreak: number;
  /** 0 if the mobile is not locked out. */
  readonly lockedForSeconds: number;
}

export interface MobileState {
  readonly limits: readonly LimitState[];
  readonly purposes: readonly PurposeState[];
}

export class MobileStateStore {
  constructor(
    private readonly redis: RedisDependency,
    private readonly keys: RedisKeys,
    private readonly rateLimits: RateLimits,
  ) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async read(mobile: Mobile): Promise<MobileState> {
    const nowMs = await this.nowMs();
    const limits = this.rateLimits.of('sendSms', mobile);
    return {
      limits: await Promise.all(limits.map((limit) => this.limitState(limit, nowMs))),
      purposes: await Promise.all(
        Object.values(SmsCodePurpose).map((purpose) => this.purposeState(purpose, mobile, nowMs)),
      ),
    };
  }

  /**
   * Deletes everything that belongs to the mobile alone. The limit of its number range stays: ten thousand mobiles share it.
   * @returns how many keys there were.
   * @throws DependencyUnavailableError if Redis does not answer; some keys may be deleted.
   */
  async erase(mobile: Mobile): Promise<number> {
    const { purposes } = await this.read(mobile);
    const records = purposes
      .flatMap(({ code }) => code?.deliveries ?? [])
      .map((name) => this.keys.delivery(name));
    // One by one: records are not in the slot of the mobile.
    const deleted = await Promise.all(
      [...this.keysOf(mobile), ...records].map((key) => this.redis.use((redis) => redis.del(key))),
    );
    return deleted.filter((count) => count > 0).length;
  }

  /** How many keys belong to the mobile alone. */
  async countKeys(mobile: Mobile): Promise<number> {
    const found = await Promise.all(
      this.keysOf(mobile).map((key) => this.redis.use((redis) => redis.exists(key))),
    );
    return found.filter((count) => count > 0).length;
  }

  private keysOf(mobile: Mobile): string[] {
    const ofRange: readonly string[] = releasedByVerification;
    const limits = this.rateLimits.of('sendSms', mobile).filter(({ name }) => !ofRange.includes(name));
    return [
      ...limits.map(({ key }) => key),
      this.keys.provedMobile(mobile),
      ...Object.values(SmsCodePurpose).flatMap((purpose) => [
        this.keys.smsCode(purpose, mobile),
        this.keys.recentFailures(purpose, mobile),
        this.keys.failureStreak(purpose, mobile),
      ]),
    ];
  }

  private async limitState(
    { name, key, limit, windowSeconds }: RateLimit,
    nowMs: number,
  ): Promise<LimitState> {
    const times = await this.timesWithin(key, windowSeconds * 1000, nowMs);
    const oldest = times[limit - 1];
    const retryAfterMs = oldest === undefined ? 0 : oldest + windowSeconds * 1000 - nowMs;
    return { name, used: times.length, limit, retryAfterSeconds: Math.ceil(retryAfterMs / 1000) };
  }

  private async purposeState(purpose: SmsCodePurpose, mobile: Mobile, nowMs: number): Promise<PurposeState> {
    const streakKey = this.keys.failureStreak(purpose, mobile);
    const [failures, streak, streakTtlMs, code] = await Promise.all([
      this.timesWithin(this.keys.recentFailures(purpose, mobile), HOUR_MS, nowMs),
      this.redis.use((redis) => redis.get(streakKey)),
      this.redis.use((redis) => redis.pttl(streakKey)),
      this.codeState(this.keys.smsCode(purpose, mobile)),
    ]);
    const failureStreak = Number(streak ?? 0);
    const oldest = failures[FAILURES_PER_HOUR - 1];
    const lockedForMs =
      failureStreak >= MAX_FAILURE_STREAK ? streakTtlMs : oldest === undefined ? 0 : oldest + HOUR_MS - nowMs;
    return {
      purpose,
      code,
      failuresWithinHour: failures.length,
      failureStreak,
      lockedForSeconds: Math.ceil(lockedForMs / 1000),
    };
  }

  private async codeState(key: string): Promise<CodeState | undefined> {
    const [[attempts, deliveries], ttlMs] = await Promise.all([
      this.redis.use((redis) => redis.hmget(key, 'attempts', 'deliveries')),
      this.redis.use((redis) => redis.pttl(key)),
    ]);
    if (attempts == null || ttlMs <= 0) return undefined;
    return {
      expiresInSeconds: Math.ceil(ttlMs / 1000),
      attempts: Number(attempts),
      deliveries: (deliveries ?? '').split(',').filter(Boolean),
    };
  }

  /** The times of the reservations of a limit within its window, the latest first. */
  private async timesWithin(key: string, windowMs: number, nowMs: number): Promise<number[]> {
    const reservations = await this.redis.use((redis) => redis.lrange(key, 0, -1));
    return reservations
      .map((entry) => Number(entry.split(':', 1)[0]))
      .filter((time) => time + windowMs > nowMs);
  }

  /** The clock of Redis, by which the limits count. */
  private async nowMs(): Promise<number> {
    const [seconds, microseconds] = await this.redis.use((redis) => redis.time());
    return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
  }
}
