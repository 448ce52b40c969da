// The Redis that the settings name, or the embedded one.

import { withDeadline } from '../../common/deadline.ts';
import type { RedisClient } from '../../common/redis/redis-client.ts';
import { connectRedis, type RedisScripts } from './connect-redis.ts';

const QUIT_AT_MOST_MS = 1000;

export interface OpenRedis {
  readonly client: RedisClient;
  readonly close: () => Promise<void>;
}

/** Returns once connected, or after `waitMs` without: a Redis that is away now may come back. */
export async function openRedis(
  url: string | undefined,
  scripts: RedisScripts,
  waitMs: number,
  onError: (error: Error) => void,
): Promise<OpenRedis> {
  // Loaded only when wanted: production neither needs it nor should carry it.
  const embedded =
    url === undefined
      ? await (await import('../embedded/embedded-redis.ts')).startEmbeddedRedis()
      : undefined;
  const client = connectRedis(url ?? embedded?.url ?? '', scripts, onError);
  await connected(client, waitMs);
  return {
    client,
    async close() {
      // QUIT waits for the replies under way; a Redis that is away has none to wait for.
      await withDeadline(QUIT_AT_MOST_MS, () => client.quit()).catch(() => client.disconnect());
      await embedded?.stop();
    },
  };
}

async function connected(client: RedisClient, waitMs: number): Promise<void> {
  if (client.status === 'ready') return;
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, waitMs);
    client.once('ready', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
