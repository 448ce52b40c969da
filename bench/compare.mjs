// The benchmark without further flags: the service, the floor and better-auth, one server after the other in each round.

import { resolve } from 'node:path';
import { loadBuild } from './builds.mjs';
import { checkout, serviceSettings, startEnvironment, startInstances, startServer } from './environment.mjs';
import { CONNECTIONS } from './load.mjs';
import { measure } from './measure.mjs';
import { operations as allOperations } from './operations.mjs';
import { serverCore } from './processes.mjs';
import { compareBuilds, judge, render, summarize } from './report.mjs';
import { describeMachine, saveResults } from './results.mjs';
import { betterAuthSeeds, redisSeeds } from './seeds.mjs';
import { local, query, startRedis } from './stores.mjs';

const MIN_BUSY = 0.9;
const NOT_BUSY =
  'A server was idle for a part of its time (core % is below 90): other programs used its core, or the load, Redis or ' +
  'PostgreSQL were slower than the server. Compare CPU µs then, not requests per second.';

/** @returns whether all responses were successes. */
export async function compare(context) {
  const { flags } = context;
  const plan = flags.quick
    ? { warmUpRounds: 2, rounds: 3, seconds: 0.4 }
    : { warmUpRounds: 7, rounds: 9, seconds: 1.5 };
  const previous = flags.against && resolve(process.env.INIT_CWD ?? '.', flags.against);
  const operations = selectOperations(flags.only, previous);
  const environment = await startEnvironment(context);
  const redis = await startRedis(context.processes);
  const servers = await startServers(environment, redis, previous);
  const slices = await measureAll(operations, servers, environment, redis, plan);
  return report({ operations, slices, plan, previous, redisName: redis.name });
}

/** The operations that the flags select, with the servers that will run. */
export function selectOperations(only, previous) {
  const names = allOperations.map(({ name }) => name);
  if (only !== undefined && !names.includes(only)) throw new Error(`--only must be ${names.join(' or ')}`);
  return allOperations
    .filter(({ name }) => only === undefined || only === name)
    .map(({ servers, ...operation }) => {
      const { previous: previousServer, ...others } = servers;
      return { ...operation, servers: previous ? servers : others };
    });
}

/** @returns for each server its processes and its seeds. */
async function startServers(environment, redis, previous) {
  const { secrets, postgres } = environment;
  const settings = serviceSettings(secrets, redis.url);

  async function startBuild(name, directory) {
    const { main, storage } = await loadBuild(directory, secrets);
    const servers = await startInstances(environment, { main, name, redis });
    return { ...servers, seeds: redisSeeds(redis.client, storage) };
  }
  const startOther = async (name, env) => [
    await startServer(environment, { name, args: [local(`${name}.mjs`)], env }),
  ];

  const current = await startBuild('current', checkout);
  const betterAuthUrl = await postgres.createDatabase('better_auth');
  return {
    current,
    previous: previous && (await startBuild('previous', previous)),
    floor: {
      instances: await startOther('floor', { ...settings, ...secrets, DATABASE_URL: current.databaseUrl }),
      seeds: current.seeds,
    },
    'better-auth': {
      instances: await startOther('better-auth', { ...secrets, DATABASE_URL: betterAuthUrl }),
      seeds: betterAuthSeeds((sql, values) => query(betterAuthUrl, sql, values)),
    },
  };
}

async function measureAll(operations, servers, environment, redis, plan) {
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of operations) {
      for (const name of inTurn(Object.keys(operation.servers), round)) {
        await redis.flush();
        const slice = await measure({ operation, name, plan, ...servers[name] }, environment);
        slices.push({ round, operation: operation.name, server: name, ...slice });
      }
    }
    process.stderr.write(round < 0 ? 'warm-up ' : `${round + 1} `);
  }
  process.stderr.write(`of ${plan.rounds}\n\n`);
  return slices;
}

/** Every second round goes backwards, so that no server always follows the same one. */
export function inTurn(names, round) {
  return round % 2 === 0 ? names : names.toReversed();
}

async function report({ operations, slices, plan, previous, redisName }) {
  const results = {
    summary: summarize(operations, slices),
    verdicts: judge(operations, slices),
    comparisons: compareBuilds(operations, slices),
  };
  const machine = describeMachine(redisName);
  console.log(render(results));
  console.log(
    `\n${CONNECTIONS} connections, ${plan.rounds} rounds of ${plan.seconds} s; ${Object.values(machine).join(', ')}`,
  );
  if (previous) console.log(`previous: ${previous}`);
  if (serverCore === undefined)
    console.log(
      'The servers shared their core with the load: taskset is missing, or there is only one core.',
    );
  if (results.summary.some(({ busy }) => busy < MIN_BUSY)) console.log(NOT_BUSY);
  await saveResults({ plan, machine, previous, ...results, slices });
  return slices.every(({ errors }) => errors === 0);
}
