// What one and two processes of the service can do, on one Redis and on a Redis Cluster, and what gives out first.

import { inTurn } from './compare.mjs';
import { BEHIND_A_PROXY, clientAddresses, startInstances } from './environment.mjs';
import { measure } from './measure.mjs';
import { operations } from './operations.mjs';
import { withChildren } from './processes.mjs';
import { fixed, median } from './report.mjs';
import { redisSeeds } from './seeds.mjs';
import { startRedis, startRedisCluster } from './stores.mjs';

const MICROSECONDS_PER_SECOND = 1e6;

/** @returns one slice for each round, operation and deployment. */
export async function measureCapacity(environment, build, plan) {
  const deployments = await startDeployments(environment, build);
  const addresses = clientAddresses();
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of operations) {
      for (const { redis, name, ...deployment } of inTurn(deployments, round)) {
        await redis.flush();
        const slice = await measure(
          { operation, name: 'current', plan, addresses, ...deployment },
          environment,
        );
        slices.push({ round, operation: operation.name, deployment: name, ...slice });
      }
    }
    process.stderr.write('.');
  }
  return slices;
}

async function startDeployments(environment, { main, storage }) {
  const { processes, postgres } = environment;
  const deployments = [];
  for (const [name, start] of [
    ['one_redis', startRedis],
    ['cluster', startRedisCluster],
  ]) {
    const redis = await start(processes);
    const service = { main, name, redis, count: 2, settings: BEHIND_A_PROXY };
    const { instances } = await startInstances(environment, service);
    const meters = { redis: () => redis.pids, postgres: () => withChildren(postgres.pid) };
    const seeds = redisSeeds(redis.client, storage);
    for (const count of [1, 2]) {
      const deployment = { redis, seeds, meters, instances: instances.slice(0, count) };
      deployments.push({ ...deployment, name: `${redis.name}, ${count}` });
    }
  }
  return deployments;
}

/** The medians of the rounds. */
export function summarizeCapacity(slices) {
  const measured = slices.filter(({ round }) => round >= 0);
  const groups = Map.groupBy(measured, ({ operation, deployment }) => `${operation}\0${deployment}`);
  return [...groups.values()].map((group) => {
    const middle = (field) => median(group.map((slice) => slice[field]));
    return {
      operation: group[0].operation,
      deployment: group[0].deployment,
      perSecond: middle('perSecond'),
      cpuMicros: middle('cpuMicros'),
      redisMicros: middle('redisMicros'),
      redisBusiestMicros: middle('redisBusiestMicros'),
      postgresMicros: middle('postgresMicros'),
    };
  });
}

export function renderCapacity(summary) {
  const header = [
    '',
    'Redis, service processes',
    'req/s',
    'service µs',
    'Redis µs',
    'busiest node µs',
    'PostgreSQL µs',
    'service cores per Redis core',
    'req/s per Redis core',
  ];
  const rows = summary.map((row) => [
    row.operation,
    row.deployment,
    fixed(row.perSecond, 0),
    fixed(row.cpuMicros, 0),
    fixed(row.redisMicros, 0),
    fixed(row.redisBusiestMicros, 0),
    fixed(row.postgresMicros, 0),
    fixed(row.cpuMicros / row.redisBusiestMicros, 1),
    fixed(MICROSECONDS_PER_SECOND / row.redisBusiestMicros, 0),
  ]);
  return [header, ...rows];
}

export const CAPACITY_NOTES = [
  'µs are CPU time per request of all processes of a kind. They carry over to other machines of this kind; req/s do not:',
  'with few cores the processes share them with the load, Redis and PostgreSQL.',
  'A Redis server uses one core. "service cores per Redis core" says how many cores of the service keep the busiest Redis',
  'server busy: with more of them, Redis gives out first.',
].join('\n');
