// All that is in a Redis, whatever the test was about.

import { Cluster, type Redis } from 'ioredis';

/** Every key of every node. */
export async function keyspace(client: Redis | Cluster): Promise<string[]> {
  const nodes = client instanceof Cluster ? client.nodes('master') : [client];
  return (await Promise.all(nodes.map((node) => node.keys('*')))).flat();
}

/** Fails with the names of the keys that would stay for ever. */
export async function expectEveryKeyToEnd(client: Redis | Cluster): Promise<void> {
  const keys = await keyspace(client);
  const lives = await Promise.all(keys.map((key) => client.pttl(key)));
  // -1: no end; -2: it ended between the two questions.
  const endless = keys.filter((_key, index) => lives[index] === -1);
  if (endless.length > 0) throw new Error(`keys without an end: ${endless.join(', ')}`);
}

/** Every key with its value, as somebody who got hold of a copy would read them. */
export async function dump(client: Redis | Cluster): Promise<string> {
  const entries = (await keyspace(client)).map(async (key) => {
    const type = await client.type(key);
    if (type === 'hash') return [key, await client.hgetall(key)];
    if (type === 'list') return [key, await client.lrange(key, 0, -1)];
    return [key, await client.get(key)];
  });
  return JSON.stringify(await Promise.all(entries));
}

/** Below the hashes and ids in keys, above their words. */
const LONGEST_WORD = 12;

/**
 * What is counted and kept, by the kind of key, which is the key without its hash: the entries of a list, or the keys.
 * Captchas, how many were asked for, and answers that are kept for a repeat are left out.
 */
export async function counted(client: Redis | Cluster): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const key of await keyspace(client)) {
    const words = key.replace('{sms}:', '').split(':');
    const kind = words.filter((word) => word.length <= LONGEST_WORD).join(':');
    if (kind.endsWith('captcha') || kind === 'request') continue;
    const entries = (await client.type(key)) === 'list' ? await client.llen(key) : 1;
    if (entries > 0) counts[kind] = (counts[kind] ?? 0) + entries;
  }
  return counts;
}
