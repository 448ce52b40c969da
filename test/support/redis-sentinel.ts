// Redis with Sentinel on this machine: a primary, two replicas and three Sentinels. Tests kill, freeze and demote the
// primary.

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';
import {
  type RealRedisServer,
  type RedisServer,
  redisServerPath,
  startRedis,
  withClient,
} from './redis-server.ts';
import { ServerProcess } from './server-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export interface RedisSentinelOptions {
  /** Settings of redis.conf for the primary and the replicas. */
  readonly settings?: Record<string, string>;
  /** The password of the Sentinels. */
  readonly sentinelPassword?: string;
}

/** `url` has the form that the service takes. */
export interface RedisSentinel extends RedisServer {
  /** The primary and the replicas, in no particular order. */
  readonly nodes: readonly RealRedisServer[];
  /** The primary that the Sentinels name. */
  primary(): Promise<RealRedisServer>;
  /** Resolves when most of the Sentinels name another primary than that one. */
  waitForFailover(from: RealRedisServer): Promise<void>;
  /**
   * A planned failover. Resolves when the Sentinels name the new primary. With `pauseWrites` the old primary executes no
   * writes from before it: otherwise it accepts them for about a second, and they are lost.
   */
  failOver(options?: { readonly pauseWrites: boolean }): Promise<void>;
}

/** `min-replicas-*`: a primary that no replica follows any more rejects writes after about two seconds. */
export const MIN_REPLICAS = { 'min-replicas-to-write': '1', 'min-replicas-max-lag': '1' };

const MASTER_NAME = 'primary';
const LOOPBACK = '127.0.0.1';
const REPLICAS = 2;
const SENTINELS = 3;
const QUORUM = 2;
const DOWN_AFTER_MS = 1000;
/** If two Sentinels try at once and none gets enough votes, the next attempt is after twice this time. */
const FAILOVER_TIMEOUT_MS = 2000;
/** Longer than the Sentinels need to demote the old primary. */
const WRITE_PAUSE_MS = 15_000;
const FORM_TIMEOUT_MS = 20_000;

/** `repl-diskless-sync-delay`: a replica would wait five seconds for others before its first copy. */
const NODE_SETTINGS = { 'repl-diskless-sync-delay': '0' };

/** Starts the servers. It takes about three seconds until the Sentinels know each other. */
export async function startRedisSentinel({
  settings = {},
  sentinelPassword,
}: RedisSentinelOptions = {}): Promise<RedisSentinel> {
  const nodes: RealRedisServer[] = [];
  const sentinels: SentinelServer[] = [];
  const stop = async () => {
    await Promise.all([...sentinels, ...nodes].map((server) => server.stop()));
  };
  try {
    while (nodes.length <= REPLICAS) nodes.push(await startRedis({ ...NODE_SETTINGS, ...settings }));
    await followPrimary(nodes);
    const [primary] = nodes as [RealRedisServer];
    while (sentinels.length < SENTINELS) sentinels.push(await startSentinel(primary, sentinelPassword));
    await eventually(async () => (await askEach(sentinels, isComplete)).every(Boolean), FORM_TIMEOUT_MS);
  } catch (error) {
    await stop();
    throw error;
  }
  return controls(nodes, sentinels, serviceUrl(sentinels, sentinelPassword), stop);
}

function controls(
  nodes: readonly RealRedisServer[],
  sentinels: readonly SentinelServer[],
  url: string,
  stop: () => Promise<void>,
): RedisSentinel {
  const nodeAt = (port: number) => nodes.find((node) => portOf(node.url) === port) as RealRedisServer;
  const primary = async () =>
    nodeAt(await Promise.any(sentinels.map(({ url }) => withClient(url, primaryPort))));
  const waitForFailover = (from: RealRedisServer) =>
    eventually(async () => {
      const ports = await askEach(sentinels, primaryPort);
      return ports.filter((port) => port !== portOf(from.url)).length >= QUORUM;
    }, FORM_TIMEOUT_MS);
  return {
    name: 'real Redis with Sentinel',
    url,
    nodes,
    primary,
    waitForFailover,
    flush: async () => (await primary()).flush(),
    async failOver({ pauseWrites } = { pauseWrites: false }) {
      const from = await primary();
      if (pauseWrites) await withClient(from.url, (redis) => redis.client('PAUSE', WRITE_PAUSE_MS, 'WRITE'));
      const [first] = sentinels as [SentinelServer];
      await withClient(first.url, (redis) => redis.call('SENTINEL', 'FAILOVER', MASTER_NAME));
      await waitForFailover(from);
    },
    stop,
  };
}

/** Makes all nodes but the first its replicas, and waits until they have its data. */
async function followPrimary([primary, ...replicas]: readonly RealRedisServer[]): Promise<void> {
  const port = portOf(primary?.url ?? '');
  for (const replica of replicas) await withClient(replica.url, (redis) => redis.replicaof(LOOPBACK, port));
  await eventually(async () => {
    const states = await Promise.all(
      replicas.map(({ url }) => withClient(url, (redis) => redis.info('replication'))),
    );
    return states.every((state) => state.includes('master_link_status:up'));
  }, FORM_TIMEOUT_MS);
}

interface SentinelServer {
  /** With the password. */
  readonly url: string;
  stop(): Promise<void>;
}

async function startSentinel(
  primary: RealRedisServer,
  password: string | undefined,
): Promise<SentinelServer> {
  const directory = await temporaryDirectory('yanzheng-sentinel');
  const port = await freePort();
  const url = `redis://${password ? `:${password}@` : ''}${LOOPBACK}:${port}`;
  // Sentinel writes its state into this file.
  const file = join(directory.path, 'sentinel.conf');
  await writeFile(
    file,
    [
      `port ${port}`,
      `bind ${LOOPBACK}`,
      `dir ${directory.path}`,
      `sentinel monitor ${MASTER_NAME} ${LOOPBACK} ${portOf(primary.url)} ${QUORUM}`,
      `sentinel down-after-milliseconds ${MASTER_NAME} ${DOWN_AFTER_MS}`,
      `sentinel failover-timeout ${MASTER_NAME} ${FAILOVER_TIMEOUT_MS}`,
      ...(password ? [`requirepass ${password}`, `sentinel sentinel-pass ${password}`] : []),
      '',
    ].join('\n'),
  );
  const server = new ServerProcess({
    name: 'redis-sentinel',
    command: String(redisServerPath()),
    args: [file, '--sentinel'],
    directory: directory.path,
    logFile: join(directory.path, 'sentinel.log'),
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
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

function askEach<T>(
  sentinels: readonly SentinelServer[],
  question: (redis: Redis) => Promise<T>,
): Promise<T[]> {
  return Promise.all(sentinels.map(({ url }) => withClient(url, question)));
}

async function primaryPort(sentinel: Redis): Promise<number> {
  const [, port] = (await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER_NAME)) as string[];
  return Number(port);
}

/** Whether a Sentinel knows all replicas and the other Sentinels, so that a failover can begin. */
async function isComplete(sentinel: Redis): Promise<boolean> {
  const fields = (await sentinel.call('SENTINEL', 'MASTER', MASTER_NAME)) as string[];
  const field = (name: string) => Number(fields[fields.indexOf(name) + 1]);
  return field('num-slaves') === REPLICAS && field('num-other-sentinels') === SENTINELS - 1;
}

/** The Sentinels authenticate clients as the user `default`, which needs no name. */
function serviceUrl(sentinels: readonly SentinelServer[], password: string | undefined): string {
  const hosts = sentinels.map(({ url }) => new URL(url).host).join(',');
  return `redis+sentinel://${hosts}/${MASTER_NAME}${password ? `?sentinelPassword=${password}` : ''}`;
}

function portOf(url: string): number {
  return Number(new URL(url).port);
}
