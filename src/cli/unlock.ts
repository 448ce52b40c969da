// `npm run unlock -- 13800138000 …`: ends the lockout of mobiles by resetting their failed attempts.

import { createSecretKey } from 'node:crypto';
import { createKeyedHash } from '../common/keyed-hash.ts';
import { maskMobile } from '../common/phone-number.ts';
import { RedisKeys } from '../common/redis/keys.ts';
import type { Config } from '../config/load-config.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../config/time-budgets.ts';
import { createDependencyClient } from '../infrastructure/dependency-client.ts';
import { isRedisOutage } from '../infrastructure/redis/connect-redis.ts';
import { openRedis } from '../infrastructure/redis/open-redis.ts';
import { SmsCodeAttemptStore, smsCodeAttemptScripts } from '../verification/codes/sms-code-attempt.store.ts';
import { mobileArguments } from './usage-error.ts';

/** @throws UsageError for an invalid mobile, DependencyUnavailableError if Redis does not answer. */
export async function unlock(config: Config, args: readonly string[]): Promise<void> {
  const mobiles = mobileArguments(args, 'npm run unlock -- 13800138000 …');
  const redis = await openRedis({
    url: config.redisUrl,
    scripts: smsCodeAttemptScripts,
    connectTimeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
    onError: () => {},
  });
  try {
    const client = createDependencyClient(() => redis.client, {
      name: 'redis',
      timeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
      isOutage: isRedisOutage,
      observe() {},
    });
    const keys = new RedisKeys(createKeyedHash(createSecretKey(config.codeSecret ?? Buffer.alloc(0))));
    const attempts = new SmsCodeAttemptStore(client, keys);
    for (const mobile of mobiles) {
      const hadFailures = await attempts.resetFailures(mobile);
      console.log(`${maskMobile(mobile)} ${hadFailures ? 'is unlocked' : 'has no failed attempts'}`);
    }
  } finally {
    await redis.close();
  }
}
