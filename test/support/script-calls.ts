// How many scripts a real Redis has run.

import type { Redis } from 'ioredis';

export async function scriptCalls(node: Pick<Redis, 'info'>): Promise<number> {
  const statistics = await node.info('commandstats');
  const counts = [...statistics.matchAll(/^cmdstat_eval(?:sha)?:calls=(\d+)/gm)].map(([, count]) =>
    Number(count),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}
