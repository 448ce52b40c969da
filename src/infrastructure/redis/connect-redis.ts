// Connections to Redis: one server, Sentinel or Cluster, by the form of the URL.

import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import { type RedisClient, SENTINEL_URL } from '../../common/redis/redis-client.ts';

/** Scripts that become methods of the client. */
export type RedisScripts = NonNullable<RedisOptions['scripts']>;

const RECONNECT_AT_MOST_MS = 500;
const CONNECT_TIMEOUT_MS = 2000;
/** A connection that is silent for so long after a command is dead, whatever TCP believes. */
const SILENCE_MS = 5000;
const SENTINEL_PORT = 26379;

/**
 * Connects, and goes on trying for as long as the process lives. While there is no connection commands fail at once:
 * a queue of them would run when nobody waits any more. A Cluster's client repeats a command that was cut off, which
 * may count it twice: somebody is refused too early then, and never sent too much.
 */
export function connectRedis(
  url: string,
  scripts: RedisScripts,
  onError: (error: Error) => void,
): RedisClient {
  const client = connect(url, scripts);
  // What is wrong with the connection; a call that fails for it knows only that there is none.
  client.on('error', onError);
  return client;
}

function connect(url: string, scripts: RedisScripts): RedisClient {
  const sentinel = SENTINEL_URL.exec(url);
  if (sentinel) return new Redis({ ...connection, ...sentinelOptions(sentinel), scripts });
  return url.includes(',') ? cluster(url, scripts) : new Redis(url, { ...connection, scripts });
}

const connection: RedisOptions = {
  connectTimeout: CONNECT_TIMEOUT_MS,
  socketTimeout: SILENCE_MS,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  // What several requests ask in one turn of the event loop goes out in one write.
  enableAutoPipelining: true,
  retryStrategy: reconnectDelayMs,
  // What was the primary became a replica: its name may lead to another by now, and only a new connection follows it.
  reconnectOnError: ({ message }) => message.startsWith('READONLY'),
};

function sentinelOptions([, user, password, hosts = '', name = '', database]: RegExpExecArray): RedisOptions {
  const sentinels = hosts.split(',').map((host) => new URL(`redis://${host}`));
  return {
    sentinels: sentinels.map(({ hostname, port }) => ({
      host: hostname,
      port: Number(port || SENTINEL_PORT),
    })),
    name: decodeURIComponent(name),
    db: Number(database ?? 0),
    ...credentials(user, password),
    sentinelRetryStrategy: reconnectDelayMs,
  };
}

function cluster(urls: string, scripts: RedisScripts): Cluster {
  const nodes = urls.split(',').map((url) => url.trim());
  const { username, password, protocol } = new URL(nodes[0] ?? '');
  const options: ClusterOptions = {
    scripts,
    enableOfflineQueue: false,
    enableAutoPipelining: true,
    clusterRetryStrategy: reconnectDelayMs,
    redisOptions: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: SILENCE_MS,
      ...credentials(username, password),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
  };
  return new Cluster(nodes, options);
}

function credentials(user: string | undefined, password: string | undefined): RedisOptions {
  return {
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: decodeURIComponent(password) }),
  };
}

function reconnectDelayMs(attempt: number): number {
  return Math.min(attempt * 50, RECONNECT_AT_MOST_MS);
}
