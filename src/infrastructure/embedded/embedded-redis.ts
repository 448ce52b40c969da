// Redis in this process, in memory. For development only.

import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { createRedisServer } from 'js-redis-server';

const LOOPBACK = '127.0.0.1';

export interface EmbeddedRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** Listens on a free port of the loopback interface only: it has no password. */
export async function startEmbeddedRedis(): Promise<EmbeddedRedis> {
  const redis = await createRedisServer({ compatibility: 'redis-7.0' });
  const port = await moveToLoopback(redis.server.server);
  return { url: `redis://${LOOPBACK}:${port}`, stop: () => redis.close() };
}

/** js-redis-server listens on every interface and has no option for the host. */
async function moveToLoopback(server: Server): Promise<number> {
  server.close();
  await once(server, 'close');
  server.listen({ host: LOOPBACK, port: 0 });
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
