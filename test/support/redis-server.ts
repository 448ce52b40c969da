// A Redis for tests: a real redis-server, or the embedded one. See also redis-cluster.ts and redis-sentinel.ts.

import { join } from 'node:path';
import { Redis } from 'ioredis';
import { createRedisMock, type RedisMock } from 'js-redis-server';
import { freePort } from './free-port.ts';
import { programPath } from './program-path.ts';
import { ServerProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface RedisServer {
  readonly name: string;
  /** `redis://127.0.0.1:PORT`; for a cluster the URLs of all nodes, separated by commas. */
  readonly url: string;
  /** Removes all keys. */
  flush(): Promise<void>;
  stop(): Promise<void>;
}

/** A setting with several values is a list. */
export type RedisSettings = Readonly<Record<string, string | readonly string[]>>;

export interface RealRedisServer extends RedisServer {
  readonly version: string;
  readonly pid: number;
  /** Stops the process: connections stay open, without any answer. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** A crash. */
  kill(): Promise<void>;
  /** Starts it empty on the same port, also after kill(). */
  restart(): Promise<void>;
}

export function redisServerPath(): string | undefined {
  return programPath('redis-server');
}

export function hasRedisServer(): boolean {
  return redisServerPath() !== undefined;
}

/** Starts a real redis-server without persistence. `settings` are further settings of redis.conf. */
export async function startRedis(settings: RedisSettings = {}): Promise<RealRedisServer> {
  const command = redisServerPath();
  if (!command) throw new Error('no redis-server on the PATH');
  const directory = await temporaryDirectory('yanzheng-redis');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const own = { bind: '127.0.0.1', port: String(port), dir: directory.path, save: '', appendonly: 'no' };
  const server = new ServerProcess({
    name: 'redis-server',
    command,
    args: Object.entries({ ...own, ...settings }).flatMap(([key, value]) => [`--${key}`, ...[value].flat()]),
    directory: directory.path,
    logFile: join(directory.path, 'redis.log'),
    stopSignal: 'SIGTERM',
    reapSignal: 'SIGTERM',
    probe: () => withClient(url, (redis) => redis.ping()),
  });
  const stop = async () => {
    await server.stop();
    await directory.remove();
  };
  try {
    await server.start();
    return {
      name: 'real Redis',
      url,
      version: await withClient(url, versionOf),
      get pid() {
        return server.pid;
      },
      flush: () => withClient(url, async (redis) => void (await redis.flushall())),
      pause: () => server.pause(),
      resume: () => server.resume(),
      kill: () => server.kill(),
      restart: () => server.restart(),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function versionOf(redis: Redis): Promise<string> {
  return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown';
}

/** Opens a connection for one command, without retries. */
export async function withClient<T>(url: string, command: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    connectTimeout: 5_000,
    commandTimeout: 5_000,
    disconnectTimeout: 100, // a timer that would keep a test worker alive
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
    return await command(redis);
  } finally {
    redis.disconnect();
  }
}

export async function startEmbeddedRedis(): Promise<RedisServer> {
  return embedded('embedded Redis', await createRedisMock({ compatibility: 'redis-7.0' }));
}

export async function startEmbeddedCluster(): Promise<RedisServer> {
  const cluster = { masters: 3 };
  return embedded('embedded Redis Cluster', await createRedisMock({ compatibility: 'redis-7.0', cluster }));
}

function embedded(name: string, mock: RedisMock): RedisServer {
  return {
    name,
    url: mock
      .addresses()
      .map(({ port }) => `redis://127.0.0.1:${port}`)
      .join(),
    flush: async () => {
      await mock.flush();
    },
    stop: async () => {
      await mock.close();
    },
  };
}
