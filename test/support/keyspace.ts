// The whole content of a Redis.

import { Cluster, type Redis } from 'ioredis';

/** Every key of every node. */
export async function keyspace(client: Redis | Cluster): Promise<string[]> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  return (await Promise.all(nodes.map((node) => node.keys('*')))).flat();
}

/** Fails with the names of the keys that have no expiry. */
export async function expectEveryKeyToEnd(client: Redis | Cluster): Promise<void> {
  const keys = await keyspace(client);
  const lifetimes = await Promise.all(keys.map((key) => client.pttl(key)));
  // -1: no expiry; -2: it expired between the two commands.
  const endless = keys.filter((_key, index) => lifetimes[index] === -1);
  if (endless.length > 0) throw new Error(`keys without an expiry: ${endless.join(', ')}`);
}

/** Every key with its value, as in a leaked copy. */
export async function dump(client: Redis | Cluster): Promise<string> {
  const entries = (await keyspace(client)).map(async (key) => {
    const type = await client.type(key);
    if (type === 'hash') return [key, await client.hgetall(key)];
    if (type === 'zset') return [key, await client.zrange(key, '0', '-1')];
    if (type === 'list') return [key, await client.lrange(key, 0, -1)];
    return [key, await client.get(key)];
  });
  return JSON.stringify(await Promise.all(entries));
}

/**
 * Captchas, their rate limit, stored responses, records of SMS and the lanes of the guard: requests that change nothing else
 * leave them behind.
 */
const NOT_COUNTED =
  /^(lane|proofs|captcha|ratelimit:captcha:minute|idempotency|delivery|provider:.*|conversion:.*)$/;

/**
 * How many entries there are of each kind: `{ 'ratelimit:mobile:hour': 2 }`. A list counts by its length, any other key as
 * one. The kind is the key without its prefix, its hash tag and its ids.
 */
export async function countEntries(client: Redis | Cluster): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const key of await keyspace(client)) {
    const kind = kindOf(key);
    if (NOT_COUNTED.test(kind)) continue;
    const entries = (await client.type(key)) === 'list' ? await client.llen(key) : 1;
    if (entries > 0) counts[kind] = (counts[kind] ?? 0) + entries;
  }
  return counts;
}

/** An id or a hash is base64url of 16 bytes; a test may have chosen a longer id. */
const ID = /^[\w-]{22,}$/;

/** The kind of a key: `ratelimit:mobile:hour`. */
export function kindOf(key: string): string {
  const [prefix, ...words] = key.replace(/\{[^}]*\}:/, '').split(':');
  if (prefix !== 'yz') throw new Error(`a key without the prefix: ${key}`);
  return words.filter((word) => !ID.test(word)).join(':');
}
