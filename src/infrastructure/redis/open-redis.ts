// Opens the Redis that the settings name, or the embedded one.

import { withDeadline } from '../../common/deadline.ts';
import type { AnyScript } from '../../common/redis/define-script.ts';
import type { RedisClient } from '../../common/redis/redis-client.ts';
import { REDIS_CLOSE_TIMEOUT_MS } from '../../config/time-budgets.ts';
import { importEmbedded } from '../embedded/import-embedded.ts';
import { connectRedis } from './connect-redis.ts';

export interface OpenRedis<Scripts extends AnyScript> {
  readonly client: RedisClient<Scripts>;
  readonly close: () => Promise<void>;
}

export interface OpenRedisOptions<Scripts extends readonly AnyScript[]> {
  /** `undefined` starts the embedded Redis. */
  readonly url: string | undefined;
  /** The only scripts that the client can run. */
  readonly scripts: Scripts;
  readonly connectTimeoutMs: number;
  readonly onError: (error: Error) => void;
}

/** Resolves when connected, or after `connectTimeoutMs`: a Redis that is down now may come back. */
export async function openRedis<const Scripts extends readonly AnyScript[]>({
  url,
  scripts,
  connectTimeoutMs,
  onError,
}: OpenRedisOptions<Scripts>): Promise<OpenRedis<Scripts[number]>> {
  const embedded = url === undefined ? await startEmbedded() : undefined;
  const client = connectRedis(url ?? embedded?.url ?? '', scripts, onError);
  await waitUntilReady(client, connectTimeoutMs);
  return {
    client,
    async close() {
      // QUIT waits for pending replies. Without a connection there are none.
      await withDeadline(REDIS_CLOSE_TIMEOUT_MS, () => client.quit()).catch(() => client.disconnect());
      await embedded?.stop();
    },
  };
}

/** Loaded on demand: a production installation does not need the package. */
async function startEmbedded() {
  const { startEmbeddedRedis } = await importEmbedded(
    'REDIS_URL',
    () => import('../embedded/embedded-redis.ts'),
  );
  return startEmbeddedRedis();
}

async function waitUntilReady(client: RedisClient, timeoutMs: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, timeoutMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
