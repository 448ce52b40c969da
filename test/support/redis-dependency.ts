// A connection like the service's own, without its time limit and its log.

import { guard } from '../../src/platform/guard.ts';
import { openRedis } from '../../src/platform/open-redis.ts';
import { rateLimitScripts } from '../../src/rate-limit/rate-limit.store.ts';
import type { RedisClient, RedisDependency } from '../../src/shared/redis-client.ts';
import { smsCodeScripts } from '../../src/verification/sms-code.store.ts';
import { smsCodeAttemptScripts } from '../../src/verification/sms-code-attempt.store.ts';
import { smsRequestScripts } from '../../src/verification/sms-request.store.ts';

export interface ConnectedRedis {
  readonly client: RedisClient;
  readonly dependency: RedisDependency;
  /** How many calls were made since the last reading. */
  readonly countCalls: () => number;
}

export async function connectRedisTo(url: string): Promise<ConnectedRedis> {
  const scripts = { ...rateLimitScripts, ...smsRequestScripts, ...smsCodeScripts, ...smsCodeAttemptScripts };
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
