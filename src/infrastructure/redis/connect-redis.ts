// Connects to Redis. The form of the URL decides between a single server, Sentinel and a Cluster.

import { Cluster, type ClusterOptions, Redis, type RedisOptions } from 'ioredis';
import type { AnyScript } from '../../common/redis/define-script.ts';
import type { RedisClient, RunScript } from '../../common/redis/redis-client.ts';
import {
  REDIS_CLUSTER_ATTEMPTS,
  REDIS_CLUSTER_REFRESH_INTERVAL_MS,
  REDIS_CLUSTER_REFRESH_TIMEOUT_MS,
  REDIS_CLUSTER_RETRY_DELAY_MS,
  REDIS_CONNECT_TIMEOUT_MS,
  REDIS_DISCONNECT_TIMEOUT_MS,
  REDIS_RECONNECT_DELAY_MAX_MS,
  REDIS_RECONNECT_DELAY_STEP_MS,
  REDIS_SENTINEL_ANSWER_TIMEOUT_MS,
  REDIS_SILENCE_TIMEOUT_MS,
} from '../../config/time-budgets.ts';
import { SentinelRedis } from './sentinel-redis.ts';
import { parseSentinelUrl, type SentinelUrl } from './sentinel-url.ts';

type ScriptOptions = NonNullable<RedisOptions['scripts']>;

/**
 * Connects, and reconnects for as long as the process lives. Without a connection commands fail at once: a queued command
 * would run after its client has given up. A Cluster client may repeat a command whose reply was lost, which may count a
 * request twice. That rejects a client too early, but never sends an SMS too many.
 */
export function connectRedis<const Scripts extends readonly AnyScript[]>(
  url: string,
  scripts: Scripts,
  onError: (error: Error) => void,
): RedisClient<Scripts[number]> {
  const client = connect(url, scriptOptions(scripts));
  // The cause of a lost connection. The error of a failed call only says that there is none.
  client.on('error', onError);
  return Object.assign(client, { runScript: scriptRunner(client) });
}

function connect(url: string, scripts: ScriptOptions): Redis | Cluster {
  const sentinel = parseSentinelUrl(url);
  if (sentinel) return new SentinelRedis({ ...connectionOptions, ...sentinelOptions(sentinel), scripts });
  return url.includes(',') ? connectCluster(url, scripts) : new Redis(url, { ...connectionOptions, scripts });
}

/** With a constant number of keys ioredis finds the first key, by which it chooses the node of a Cluster. */
function scriptOptions(scripts: readonly AnyScript[]): ScriptOptions {
  return Object.fromEntries(scripts.map(({ name, keys, lua }) => [name, { lua, numberOfKeys: keys.length }]));
}

function scriptRunner(client: Redis | Cluster): RunScript<AnyScript> {
  const commands = client as unknown as Record<string, (...values: unknown[]) => Promise<unknown>>;
  return async (script, { keys, args }) => {
    const run = commands[script.name];
    const values = [
      ...script.keys.map((name: string) => keys[name]),
      ...script.args.map((name: string) => args[name]),
    ];
    // ioredis would send an empty string for a missing value, and the script would change a wrong key.
    if (run === undefined || values.includes(undefined)) throw new ScriptCallError(script.name);
    return script.decode(await run.apply(client, values));
  };
}

/** Any error of Redis counts as an outage, since no check can pass without its answer. A bug of ours does not. */
export function isRedisOutage(error: unknown): boolean {
  return !(error instanceof ScriptCallError || error instanceof TypeError);
}

/** A script that the client was not opened with, or a missing key or argument: a bug of ours, not an outage. */
export class ScriptCallError extends Error {
  override readonly name = 'ScriptCallError';

  constructor(script: string) {
    super(`script ${script} is unknown to this client, or a key or argument is missing`);
  }
}

const connectionOptions: RedisOptions = {
  connectTimeout: REDIS_CONNECT_TIMEOUT_MS,
  socketTimeout: REDIS_SILENCE_TIMEOUT_MS,
  disconnectTimeout: REDIS_DISCONNECT_TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  enableOfflineQueue: false,
  // Commands of several requests within one turn of the event loop share one write.
  enableAutoPipelining: true,
  retryStrategy: reconnectDelayMs,
  // A primary that became a replica: only a new connection resolves to the new primary.
  reconnectOnError: ({ message }) => isReadOnlyReply(message),
};

/** The reply of a replica to a write. Redis 6.2 puts it into another error if a script writes. */
export function isReadOnlyReply(message: string): boolean {
  return /^READONLY |^ERR Error running script .*: -READONLY /.test(message);
}

const clusterOptions: ClusterOptions = {
  enableOfflineQueue: false,
  // Each command follows a redirection alone. In a pipeline, one command that succeeds would let the redirections of all
  // others fail, without a new question for the slots. A pipeline also fails with a TypeError for a slot without a node.
  enableAutoPipelining: false,
  clusterRetryStrategy: reconnectDelayMs,
  // A command is repeated while its slot is moved or its master is replaced, but not after its caller has given up.
  maxRedirections: REDIS_CLUSTER_ATTEMPTS,
  retryDelayOnFailover: REDIS_CLUSTER_RETRY_DELAY_MS,
  retryDelayOnClusterDown: REDIS_CLUSTER_RETRY_DELAY_MS,
  retryDelayOnTryAgain: REDIS_CLUSTER_RETRY_DELAY_MS,
  // A master that hangs redirects no command. Its replacement is found by asking the other nodes.
  slotsRefreshInterval: REDIS_CLUSTER_REFRESH_INTERVAL_MS,
  slotsRefreshTimeout: REDIS_CLUSTER_REFRESH_TIMEOUT_MS,
};

function sentinelOptions(url: SentinelUrl): RedisOptions {
  return {
    ...url,
    sentinelRetryStrategy: reconnectDelayMs,
    // A Sentinel that does not answer must not delay the question to the next one for long.
    sentinelCommandTimeout: REDIS_SENTINEL_ANSWER_TIMEOUT_MS,
    // The Sentinels report a failover, also while the old primary still accepts writes or does not answer at all.
    failoverDetector: true,
    sentinelReconnectStrategy: reconnectDelayMs,
  };
}

function connectCluster(urls: string, scripts: ScriptOptions): Cluster {
  const nodes = urls.split(',').map((url) => url.trim());
  const { username, password, protocol } = new URL(nodes[0] ?? '');
  const options: ClusterOptions = {
    ...clusterOptions,
    scripts,
    redisOptions: {
      connectTimeout: REDIS_CONNECT_TIMEOUT_MS,
      socketTimeout: REDIS_SILENCE_TIMEOUT_MS,
      disconnectTimeout: REDIS_DISCONNECT_TIMEOUT_MS,
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
  return Math.min(attempt * REDIS_RECONNECT_DELAY_STEP_MS, REDIS_RECONNECT_DELAY_MAX_MS);
}
