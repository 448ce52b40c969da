// Counts the calls and bytes of a service between two moments: its own metrics, and the counters of Redis.

/** Starts to count. @returns `reset`, which starts anew, and `perRequest`, which returns the counts of one request. */
export async function startStoreCounters(redis, port) {
  let before = await readCounters(redis, port);
  return {
    async reset() {
      before = await readCounters(redis, port);
    },
    async perRequest(requests) {
      const after = await readCounters(redis, port);
      const counts = Object.entries(after).map(([name, value]) => [name, (value - before[name]) / requests]);
      return Object.fromEntries(counts);
    },
  };
}

async function readCounters(redis, port) {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const stats = await redis.info('stats');
  const commands = await redis.info('commandstats');
  const calls = (dependency) =>
    numberIn(metrics, `yanzheng_dependency_duration_seconds_count{dependency="${dependency}"} `);
  return {
    redisCalls: calls('redis'),
    postgresCalls: calls('postgresql'),
    redisCommands: [...commands.matchAll(/calls=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0),
    redisInputBytes: numberIn(stats, 'total_net_input_bytes:'),
    redisOutputBytes: numberIn(stats, 'total_net_output_bytes:'),
  };
}

/** The number after a name, 0 if the text does not have it. */
function numberIn(text, name) {
  const start = text.indexOf(name);
  return start < 0 ? 0 : Number.parseFloat(text.slice(start + name.length));
}
