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
