// Redis in this process, in memory. For development only.

import { createRedisMock } from 'js-redis-server';

export interface EmbeddedRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on a free port of the loopback interface. */
export async function startEmbeddedRedis(): Promise<EmbeddedRedis> {
  const server = await createRedisMock({ compatibility: 'redis-7.0' });
  const [node] = server.addresses();
  return { url: `redis://${node?.host}:${node?.port}`, stop: () => server.close() };
}
