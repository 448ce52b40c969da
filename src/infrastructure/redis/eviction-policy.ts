// Checks the `maxmemory-policy` of Redis. Every key has a TTL, so each policy but `noeviction` evicts rate limits when memory
// is full, and SMS are sent that a rate limit should have prevented.

import { Cluster, type Redis } from 'ioredis';
import { withDeadline } from '../../common/deadline.ts';
import type { RedisClient } from '../../common/redis/redis-client.ts';
import { STORE_CALL_TIMEOUT_MS } from '../../config/time-budgets.ts';

const SAFE_POLICY = 'noeviction';

/** What the log shows about one node. */
export interface EvictionPolicyFacts {
  /** `host:port` */
  readonly node: string;
  /** `undefined` if the node does not show it. */
  readonly policy: string | undefined;
  /** Why `CONFIG GET` failed. */
  readonly err?: unknown;
}

export interface EvictionPolicyLog {
  /** The policy evicts rate limits. */
  readonly unsafe: (facts: EvictionPolicyFacts) => void;
  /** `CONFIG` is forbidden or does not exist. */
  readonly unreadable: (facts: EvictionPolicyFacts) => void;
}

/** A Redis node evicts keys when memory is full. */
export class EvictionPolicyError extends Error {
  override readonly name = 'EvictionPolicyError';

  constructor(nodes: readonly EvictionPolicyFacts[]) {
    const list = nodes.map(({ node, policy }) => `${node} (${policy})`).join(', ');
    super(
      `Redis evicts rate limits when its memory is full: set maxmemory-policy ${SAFE_POLICY} on ${list}.`,
    );
  }
}

/**
 * Checks the policy of the server, or of every master of a Cluster. Without a connection the check follows the first
 * connection, and only logs.
 * @throws EvictionPolicyError if `isRequired` and a node has another policy than `noeviction`.
 */
export async function checkEvictionPolicy(
  client: RedisClient,
  { isRequired, log }: { readonly isRequired: boolean; readonly log: EvictionPolicyLog },
): Promise<void> {
  if (client.status !== 'ready') {
    client.once('ready', () => void reportPolicies(client, log));
    return;
  }
  const unsafe = await reportPolicies(client, isRequired ? { ...log, unsafe: () => {} } : log);
  if (isRequired && unsafe.length > 0) throw new EvictionPolicyError(unsafe);
}

/** Returns the nodes with an unsafe policy. */
async function reportPolicies(
  client: RedisClient,
  log: EvictionPolicyLog,
): Promise<readonly EvictionPolicyFacts[]> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  const policies = await Promise.all(nodes.map(readPolicy));
  for (const facts of policies.filter(({ err }) => err !== undefined)) log.unreadable(facts);
  const unsafe = policies.filter(({ err, policy }) => err === undefined && policy !== SAFE_POLICY);
  for (const facts of unsafe) log.unsafe(facts);
  return unsafe;
}

async function readPolicy(redis: Redis): Promise<EvictionPolicyFacts> {
  try {
    const reply = await withDeadline(STORE_CALL_TIMEOUT_MS, () => redis.config('GET', 'maxmemory-policy'));
    return { node: addressOf(redis), policy: configured(reply) };
  } catch (err) {
    return { node: addressOf(redis), policy: await shownPolicy(redis), err };
  }
}

/** The reply is a list of names and values, or an object with newer versions of the protocol. */
function configured(reply: unknown): string {
  const entries = Array.isArray(reply)
    ? { [String(reply[0])]: reply[1] }
    : (reply as Record<string, unknown>);
  return String(entries['maxmemory-policy']);
}

/** `INFO` shows the policy, too. It is often allowed where `CONFIG` is not. */
async function shownPolicy(redis: Redis): Promise<string | undefined> {
  const info = await withDeadline(STORE_CALL_TIMEOUT_MS, () => redis.info('memory')).catch(() => '');
  return /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
}

/** Behind Sentinel the options of the client do not name the server. */
function addressOf({ stream }: Redis): string {
  return `${stream?.remoteAddress}:${stream?.remotePort}`;
}
