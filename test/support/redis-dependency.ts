// A connection like the service's own, without its time limit and its log.

import type { RedisClient, RedisDependency } from '../../src/common/redis/redis-client.ts';
import { guard } from '../../src/infrastructure/dependency-client.ts';
import { openRedis } from '../../src/infrastructure/redis/open-redis.ts';
import { rateLimitScripts } from '../../src/rate-limiting/rate-limit.store.ts';
import { smsCodeScripts } from '../../src/verification/codes/sms-code.store.ts';
import { smsCodeAttemptScripts } from '../../src/verification/codes/sms-code-attempt.store.ts';
import { idempotencyScripts } from '../../src/verification/idempotency/idempotency.store.ts';

export interface ConnectedRedis {
  readonly client: RedisClient;
  readonly dependency: RedisDependency;
  /** How many calls were made since the last reading. */
  readonly countCalls: () => number;
}

export async function connectRedisTo(url: string): Promise<ConnectedRedis> {
  const scripts = { ...rateLimitScripts, ...idempotencyScripts, ...smsCodeScripts, ...smsCodeAttemptScripts };
  const { client } = await openRedis(url, scripts, 5000, () => {});
  let calls = 0;
  const dependency = guard(() => client, {
    name: 'redis',
    timeoutMs: 15_000,
    isOutage: () => false,
    observe() {
      calls += 1;
    },
  });
  const countCalls = () => {
    const counted = calls;
    calls = 0;
    return counted;
  };
  return { client, dependency, countCalls };
}
