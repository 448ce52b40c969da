// A Redis Cluster on this machine: three masters, with or without a replica each. Tests kill a master and move slots.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { eventually } from './eventually.ts';
import { type RealRedisServer, type RedisServer, startRedis, withClient } from './redis-server.ts';

export interface RedisClusterOptions {
  /** Default: 0. */
  readonly replicasPerMaster?: 0 | 1;
  /** Settings of redis.conf for every node. */
  readonly settings?: Record<string, string>;
}

export interface RedisCluster extends RedisServer {
  /** All nodes, the masters first. */
  readonly nodes: readonly RealRedisServer[];
  /** The master with the most keys. */
  busiestMaster(): Promise<RealRedisServer>;
  /**
   * Moves slots that have keys, at most `count`, from a master to another one, as `redis-cli --cluster reshard` does.
   * Resolves to their number.
   */
  moveSlots(from: RealRedisServer, count: number): Promise<number>;
  /** Resolves when another master serves the slots of that one. */
  waitForFailover(from: RealRedisServer): Promise<void>;
}

interface NodeEntry {
  readonly id: string;
  readonly url: string;
  readonly isMaster: boolean;
  readonly hasSlots: boolean;
}

const SLOTS = 16_384;
const MASTERS = 3;
const LOOPBACK = '127.0.0.1';
const FORM_TIMEOUT_MS = 20_000;
const MIGRATE_TIMEOUT_MS = 5000;
/** The default of `redis-cli --cluster reshard`. */
const MIGRATED_AT_ONCE = 10;

/** `repl-diskless-sync-delay`: a replica would wait five seconds for others before its first copy. */
const CLUSTER_SETTINGS = {
  'cluster-enabled': 'yes',
  'cluster-node-timeout': '2000',
  'repl-diskless-sync-delay': '0',
};

/** Starts the nodes. That takes two seconds, in which a new node does not serve its slots. */
export async function startRedisCluster({
  replicasPerMaster = 0,
  settings = {},
}: RedisClusterOptions = {}): Promise<RedisCluster> {
  const nodes: RealRedisServer[] = [];
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.stop()));
  };
  try {
    while (nodes.length < MASTERS * (1 + replicasPerMaster))
      nodes.push(await startRedis({ ...CLUSTER_SETTINGS, ...settings }));
    await joinMasters(nodes.slice(0, MASTERS));
    await joinReplicas(nodes.slice(0, MASTERS), nodes.slice(MASTERS));
    await waitForCluster(nodes);
  } catch (error) {
    await stop();
    throw error;
  }
  const serverOf = ({ url }: NodeEntry) => nodes.find((node) => node.url === url) as RealRedisServer;
  return {
    name: 'real Redis Cluster',
    url: nodes.map((node) => node.url).join(),
    nodes,
    flush: async () => {
      await Promise.all((await mastersOf(nodes)).map((master) => serverOf(master).flush()));
    },
    busiestMaster: async () => serverOf(await busiestOf(await mastersOf(nodes))),
    moveSlots: (from, count) => moveSlots(nodes, from, count),
    waitForFailover: (from) =>
      eventually(async () => {
        const masters = await mastersOf(nodes.filter((node) => node !== from));
        return masters.length === MASTERS && masters.every(({ url }) => url !== from.url);
      }, FORM_TIMEOUT_MS),
    stop,
  };
}

async function joinMasters(masters: readonly RealRedisServer[]): Promise<void> {
  await Promise.all(
    masters.map((node, index) =>
      withClient(node.url, async (redis) => {
        const from = Math.ceil((SLOTS * index) / MASTERS);
        const to = Math.ceil((SLOTS * (index + 1)) / MASTERS);
        await redis.cluster('SET-CONFIG-EPOCH', index + 1);
        await redis.cluster('ADDSLOTS', ...Array.from({ length: to - from }, (_, slot) => from + slot));
      }),
    ),
  );
  // After all epochs are set: a node that knows another one rejects its epoch.
  const [first, ...others] = masters;
  await Promise.all(
    others.map(({ url }) => withClient(url, (redis) => redis.cluster('MEET', LOOPBACK, portOf(first)))),
  );
}

async function joinReplicas(
  masters: readonly RealRedisServer[],
  replicas: readonly RealRedisServer[],
): Promise<void> {
  for (const [index, replica] of replicas.entries()) {
    const master = masters[index % MASTERS] as RealRedisServer;
    await withClient(replica.url, async (redis) => {
      await redis.cluster('MEET', LOOPBACK, portOf(masters[0]));
      const id = await withClient(master.url, (of) => of.cluster('MYID'));
      await untilAccepted(() => redis.cluster('REPLICATE', String(id)));
    });
  }
}

/** A node rejects REPLICATE until it has heard of the master. */
async function untilAccepted(call: () => Promise<unknown>): Promise<void> {
  const deadline = Date.now() + FORM_TIMEOUT_MS;
  for (;;) {
    try {
      await call();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(20);
    }
  }
}

async function waitForCluster(nodes: readonly RealRedisServer[]): Promise<void> {
  const deadline = Date.now() + FORM_TIMEOUT_MS;
  const formed = new RegExp(`cluster_state:ok[\\s\\S]*cluster_known_nodes:${nodes.length}\\b`);
  for (;;) {
    const states = await Promise.all(nodes.map((node) => withClient(node.url, stateOf)));
    if (states.every((state) => formed.test(state) && !state.includes('master_link_status:down'))) return;
    if (Date.now() > deadline) throw new Error(`the Redis cluster did not form:\n${states.join('\n')}`);
    await sleep(20);
  }
}

async function stateOf(redis: Redis): Promise<string> {
  return `${await redis.cluster('INFO')}${await redis.info('replication')}`;
}

/** The reply of the first node that answers. */
function fromAnyNode<T>(
  nodes: readonly RealRedisServer[],
  command: (redis: Redis) => Promise<T>,
): Promise<T> {
  return Promise.any(nodes.map((node) => withClient(node.url, command)));
}

/** The masters that serve slots, as the first node that answers sees them. */
async function mastersOf(nodes: readonly RealRedisServer[]): Promise<readonly NodeEntry[]> {
  const list = await fromAnyNode(nodes, (redis) => redis.cluster('NODES'));
  const entries = String(list).trim().split('\n').map(parseNode);
  return entries.filter(({ isMaster, hasSlots }) => isMaster && hasSlots);
}

/** `id host:port@bus[,name] flags master ping pong epoch link slot …` */
function parseNode(line: string): NodeEntry {
  const [id = '', address = '', flags = '', , , , , , ...slots] = line.split(' ');
  return {
    id,
    url: `redis://${address.split('@')[0]}`,
    isMaster: flags.includes('master') && !flags.includes('fail'),
    hasSlots: slots.length > 0,
  };
}

async function busiestOf(masters: readonly NodeEntry[]): Promise<NodeEntry> {
  const sizes = await Promise.all(masters.map(({ url }) => withClient(url, (redis) => redis.dbsize())));
  return masters[sizes.indexOf(Math.max(...sizes))] as NodeEntry;
}

async function moveSlots(
  nodes: readonly RealRedisServer[],
  from: RealRedisServer,
  count: number,
): Promise<number> {
  const masters = await mastersOf(nodes);
  const source = masters.find(({ url }) => url === from.url);
  const target = masters.find(({ url }) => url !== from.url);
  if (!source || !target) throw new Error(`${from.url} is no master, or the only one`);
  const slots = (await withClient(source.url, slotsWithKeys)).slice(0, count);
  for (const slot of slots) await moveSlot(masters, slot, source, target);
  return slots.length;
}

async function slotsWithKeys(redis: Redis): Promise<number[]> {
  const slots = await Promise.all((await redis.keys('*')).map((key) => redis.cluster('KEYSLOT', key)));
  return [...new Set(slots)];
}

async function moveSlot(
  masters: readonly NodeEntry[],
  slot: number,
  source: NodeEntry,
  target: NodeEntry,
): Promise<void> {
  await withClient(target.url, (redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', source.id));
  await withClient(source.url, async (redis) => {
    await redis.cluster('SETSLOT', slot, 'MIGRATING', target.id);
    await moveKeys(redis, slot, Number(new URL(target.url).port));
  });
  // The target first: the source would not know where to send clients.
  const others = masters.filter(({ id }) => id !== source.id && id !== target.id);
  for (const { url } of [target, source, ...others])
    await withClient(url, (redis) => redis.cluster('SETSLOT', slot, 'NODE', target.id));
}

async function moveKeys(source: Redis, slot: number, targetPort: number): Promise<void> {
  for (;;) {
    const keys = await source.cluster('GETKEYSINSLOT', slot, MIGRATED_AT_ONCE);
    if (keys.length === 0) return;
    await source.migrate(LOOPBACK, targetPort, '', 0, MIGRATE_TIMEOUT_MS, 'KEYS', ...keys);
  }
}

function portOf(node: RealRedisServer | undefined): number {
  return Number(new URL(node?.url ?? '').port);
}
