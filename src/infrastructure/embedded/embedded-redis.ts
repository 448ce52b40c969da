// A Redis in this very process, in memory: for a first look, never for production.

import { createRedisMock } from 'js-redis-server';

export interface EmbeddedRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on a free port of loopback. */
export async function startEmbeddedRedis(): Promise<EmbeddedRedis> {
  const server = await createRedisMock({ compatibility: 'redis-7.0' });
  const [node] = server.addresses();
  return { url: `redis://${node?.host}:${node?.port}`, stop: () => server.close() };
}
