// A Redis Cluster on this machine: three masters, with or without a replica each. Tests kill a master and move slots.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
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
  /** The master that serves the slot of the key. */
  masterOf(key: string): Promise<RealRedisServer>;
  /** Moves the slot of the key with its data to another master, as `redis-cli --cluster reshard` does. */
  moveSlotOf(key: string, to: RealRedisServer): Promise<void>;
}

interface NodeEntry {
  readonly id: string;
  readonly url: string;
  readonly isMaster: boolean;
  readonly slots: readonly [first: number, last: number][];
}

const SLOTS = 16_384;
const MASTERS = 3;
const LOOPBACK = '127.0.0.1';
const FORM_TIMEOUT_MS = 20_000;
const MIGRATE_TIMEOUT_MS = 5000;
const MIGRATED_AT_ONCE = 100;

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
    masterOf: async (key) => serverOf(await ownerOf(nodes, await slotOf(nodes, key))),
    moveSlotOf: async (key, to) => moveSlot(nodes, await slotOf(nodes, key), to),
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
        if (index > 0) await redis.cluster('MEET', LOOPBACK, portOf(masters[0]));
      }),
    ),
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

function slotOf(nodes: readonly RealRedisServer[], key: string): Promise<number> {
  return fromAnyNode(nodes, (redis) => redis.cluster('KEYSLOT', key));
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
  return entries.filter(({ isMaster, slots }) => isMaster && slots.length > 0);
}

/** `id host:port@bus[,name] flags master ping pong epoch link slot …` */
function parseNode(line: string): NodeEntry {
  const [id = '', address = '', flags = '', , , , , , ...slots] = line.split(' ');
  return {
    id,
    url: `redis://${address.split('@')[0]}`,
    isMaster: flags.includes('master') && !flags.includes('fail'),
    // A slot that is being moved is in brackets.
    slots: slots.filter((range) => !range.startsWith('[')).map(parseRange),
  };
}

function parseRange(range: string): [number, number] {
  const [first, last = first] = range.split('-');
  return [Number(first), Number(last)];
}

async function ownerOf(nodes: readonly RealRedisServer[], slot: number): Promise<NodeEntry> {
  const owner = (await mastersOf(nodes)).find(({ slots }) =>
    slots.some(([first, last]) => first <= slot && slot <= last),
  );
  if (!owner) throw new Error(`no master serves the slot ${slot}`);
  return owner;
}

async function moveSlot(nodes: readonly RealRedisServer[], slot: number, to: RealRedisServer): Promise<void> {
  const source = await ownerOf(nodes, slot);
  const masters = await mastersOf(nodes);
  const target = masters.find(({ url }) => url === to.url);
  if (!target) throw new Error(`${to.url} is no master with slots`);
  await withClient(target.url, (redis) => redis.cluster('SETSLOT', slot, 'IMPORTING', source.id));
  await withClient(source.url, async (redis) => {
    await redis.cluster('SETSLOT', slot, 'MIGRATING', target.id);
    await moveKeys(redis, slot, portOf(to));
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
