// Opens Redis for one command.

import { createSecretKey } from 'node:crypto';
import { createKeyedHash, type KeyedHash } from '../common/keyed-hash.ts';
import type { AnyScript } from '../common/redis/define-script.ts';
import { RedisKeys } from '../common/redis/keys.ts';
import type { RedisDependency } from '../common/redis/redis-client.ts';
import type { Config } from '../config/load-config.ts';
import { CLI_STORE_CALL_TIMEOUT_MS } from '../config/time-budgets.ts';
import { createDependencyClient } from '../infrastructure/dependency-client.ts';
import { isRedisOutage } from '../infrastructure/redis/connect-redis.ts';
import { openRedis } from '../infrastructure/redis/open-redis.ts';

export interface CommandRedis<Scripts extends AnyScript> {
  readonly redis: RedisDependency<Scripts>;
  readonly keys: RedisKeys;
  readonly hash: KeyedHash;
}

/**
 * Closes Redis afterwards, also after an error of `run`.
 * @throws DependencyUnavailableError if Redis does not answer.
 */
export async function withRedis<const Scripts extends readonly AnyScript[], Result>(
  config: Config,
  scripts: Scripts,
  run: (opened: CommandRedis<Scripts[number]>) => Promise<Result>,
): Promise<Result> {
  const opened = await openRedis({
    url: config.redisUrl,
    scripts,
    connectTimeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
    onError: () => {},
  });
  try {
    const redis = createDependencyClient(() => opened.client, {
      name: 'redis',
      timeoutMs: CLI_STORE_CALL_TIMEOUT_MS,
      isOutage: isRedisOutage,
      observe() {},
    });
    const hash = createKeyedHash(createSecretKey(config.codeSecret ?? Buffer.alloc(0)));
    return await run({ redis, keys: new RedisKeys(hash), hash });
  } finally {
    await opened.close();
  }
}
