// `--limits`: what one process needs and what it endures: the start, the memory under full load, latency at a constant rate of
// arrivals, and an SMS gateway that takes its time.

import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadBuild } from './builds.mjs';
import { checkout, startEnvironment, startGateway, startInstances } from './environment.mjs';
import { measure, prepareRequests } from './measure.mjs';
import { openLoop } from './open-loop.mjs';
import { operations } from './operations.mjs';
import { cpuSeconds, residentMb } from './processes.mjs';
import { align, fixed, median, percentile } from './report.mjs';
import { describeMachine, saveResults } from './results.mjs';
import { redisSeeds } from './seeds.mjs';
import { startRedis } from './stores.mjs';

const PLAN = {
  starts: 5,
  loadSeconds: 60,
  sliceSeconds: 2,
  warmUps: 6,
  openLoopSeconds: 15,
  openLoopRounds: 3,
};
const QUICK_PLAN = {
  starts: 1,
  loadSeconds: 2,
  sliceSeconds: 0.5,
  warmUps: 1,
  openLoopSeconds: 1,
  openLoopRounds: 1,
};
const SHARE_OF_MAXIMUM = 0.7;
const GATEWAY_DELAY_MS = 100;
/** Three for each connection of the gateway: with as many clients as connections, some of them would be idle. */
const SLOW_GATEWAY_CLIENTS = 192;
const MEMORY_LIMIT_MB = 256;
const MEMORY_POLL_MS = 100;
const LIMIT_PATH = `/sys/fs/cgroup/memory/yanzheng-bench-${process.pid}`;

/** @returns whether all responses were successes. */
export async function limits(context) {
  const plan = context.flags.quick ? QUICK_PLAN : PLAN;
  const environment = await startEnvironment(context);
  const { main, storage } = await loadBuild(checkout, environment.secrets);
  const redis = await startRedis(context.processes);
  const bench = { plan, environment, main, redis, seeds: redisSeeds(redis.client, storage), errors: 0 };

  const rows = [];
  for (const part of selectParts(context.flags.only)) rows.push(...(await part(bench)));
  const machine = describeMachine(redis.name);
  const table = rows.map(({ name, value, digits = 0, target }) => [
    name,
    fixed(value, digits),
    target?.text ?? '',
    target ? (target.isMet(value) ? 'met' : 'not met') : '',
  ]);
  console.log(align([['', 'measured', 'target', ''], ...table], 1).join('\n'));
  console.log(`\n${Object.values(machine).join(', ')}`);
  await saveResults({ plan, machine, rows }, 'limits');
  return bench.errors === 0;
}

const PARTS = {
  start: measureStarts,
  memory: measureMemory,
  arrivals: measureArrivals,
  gateway: measureSlowGateway,
};

function selectParts(only) {
  if (only === undefined) return Object.values(PARTS);
  if (PARTS[only] === undefined) throw new Error(`--only must be ${Object.keys(PARTS).join(' or ')}`);
  return [PARTS[only]];
}

const atMost = (limit, unit) => ({ text: `≤ ${limit} ${unit}`, isMet: (value) => value <= limit });
const atLeast = (limit, unit) => ({ text: `≥ ${limit} ${unit}`, isMet: (value) => value >= limit });

let started = 0;

/** Starts a process of the service with the flags of production. */
async function startService({ environment, main, redis }, options = {}) {
  started += 1;
  const { instances } = await startInstances(environment, {
    main,
    redis,
    name: `limits_${started}`,
    nodeArgs: ['--enable-source-maps', ...flagsOfProduction()],
    ...options,
  });
  return instances[0];
}

/** Those of the image, so that the two cannot differ. */
function flagsOfProduction() {
  const dockerfile = readFileSync(`${checkout}/deploy/Dockerfile`, 'utf8');
  return /NODE_OPTIONS="([^"]*)"/.exec(dockerfile)[1].split(' ');
}

async function stop(instance) {
  process.kill(instance.pid, 'SIGTERM');
  while (cpuSeconds(instance.pid) !== undefined) await sleep(20);
}

/** The CPU time from the start of the process until it is ready, as `node dist/main.js serve`. */
async function measureStarts(bench) {
  const seconds = [];
  for (let index = 0; index < bench.plan.starts; index += 1) {
    const instance = await startService(bench, { nodeArgs: [] });
    seconds.push(cpuSeconds(instance.pid));
    await stop(instance);
  }
  return [{ name: 'start until ready, CPU s', value: median(seconds), digits: 2, target: atMost(1, 's') }];
}

/** All operations in turn at full load, in a cgroup if this system lets us create one. */
async function measureMemory(bench) {
  const isLimited = createMemoryLimit();
  try {
    const launcher = isLimited ? ['sh', '-c', `echo $$ >${LIMIT_PATH}/cgroup.procs && exec "$@"`, 'sh'] : [];
    const instance = await startService(bench, { launcher });
    const samples = [];
    const timer = setInterval(() => samples.push(residentMb(instance.pid)), MEMORY_POLL_MS);
    const cpu = await loadFor(bench, instance, bench.plan.loadSeconds);
    clearInterval(timer);
    const late = samples.slice(Math.floor(samples.length / 2));
    await stop(instance);
    return [
      {
        name: `RSS at full load, the most, MB (${isLimited ? `cgroup of ${MEMORY_LIMIT_MB} MB` : 'no cgroup'})`,
        value: Math.max(...samples),
        target: atMost(220, 'MB'),
      },
      { name: 'growth in the second half, MB', value: Math.max(...late) - late[0] },
      ...cpu,
    ];
  } finally {
    if (isLimited) await removeMemoryLimit();
  }
}

/** cgroup v1, as root. */
function createMemoryLimit() {
  try {
    mkdirSync(LIMIT_PATH);
    writeFileSync(`${LIMIT_PATH}/memory.limit_in_bytes`, String(MEMORY_LIMIT_MB * 1024 * 1024));
    return true;
  } catch {
    return false;
  }
}

async function removeMemoryLimit() {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      rmdirSync(LIMIT_PATH);
      return;
    } catch {
      await sleep(MEMORY_POLL_MS);
    }
  }
}

async function loadFor(bench, instance, seconds) {
  const micros = new Map(operations.map(({ name }) => [name, []]));
  const endMs = performance.now() + seconds * 1000;
  while (performance.now() < endMs) {
    for (const operation of operations) {
      await bench.redis.flush();
      const slice = await load(bench, instance, operation, bench.plan.sliceSeconds);
      micros.get(operation.name).push(slice.cpuMicros);
    }
  }
  return [...micros].map(([name, values]) => ({
    name: `CPU µs of ${name} with this limit`,
    value: median(values),
  }));
}

async function load(bench, instance, operation, seconds, connections) {
  const { environment, seeds } = bench;
  const plan = { seconds, connections };
  const slice = await measure(
    { operation, name: 'current', instances: [instance], seeds, plan },
    environment,
  );
  bench.errors += slice.errors;
  return slice;
}

/** Latency at 70 % of the rate that the same process reaches with 32 connections that are always busy. */
async function measureArrivals(bench) {
  const instance = await startService(bench);
  const rows = [];
  for (const operation of operations) {
    const rates = [];
    for (let round = 0; round < bench.plan.warmUps + 3; round += 1) {
      await bench.redis.flush();
      rates.push((await load(bench, instance, operation, bench.plan.sliceSeconds)).perSecond);
    }
    const perSecond = median(rates.slice(-3)) * SHARE_OF_MAXIMUM;
    const rounds = [];
    for (let round = 0; round < bench.plan.openLoopRounds; round += 1)
      rounds.push(await arrivals(bench, instance, operation, perSecond));
    const [p50, p99, busy] = ['p50', 'p99', 'busy'].map((name) => median(rounds.map((round) => round[name])));
    rows.push(
      { name: `${operation.name}, 70 % of the maximum: requests/s`, value: perSecond },
      { name: `${operation.name}, its core at this rate, %`, value: busy * 100 },
      { name: `${operation.name}, p50 ms`, value: p50, digits: 2 },
      { name: `${operation.name}, p99 ms`, value: p99, digits: 2 },
      { name: `${operation.name}, p99 ÷ p50`, value: p99 / p50, digits: 1, target: atMost(4, '') },
    );
  }
  await stop(instance);
  return rows;
}

async function arrivals(bench, instance, operation, perSecond) {
  await bench.redis.flush();
  const plan = { requests: Math.ceil(perSecond * bench.plan.openLoopSeconds) };
  const { requests, isSuccess } = await prepareRequests(
    operation,
    operation.servers.current,
    bench.seeds,
    plan,
  );
  const [cpuBefore, startedMs] = [cpuSeconds(instance.pid), performance.now()];
  const { latencies, wrong } = await openLoop({ port: instance.port, requests, perSecond, isSuccess });
  bench.errors += wrong.length;
  if (wrong.length > 0) console.error(wrong[0]);
  const busy = ((cpuSeconds(instance.pid) - cpuBefore) / (performance.now() - startedMs)) * 1000;
  return { p50: percentile(latencies, 0.5), p99: percentile(latencies, 0.99), busy };
}

async function measureSlowGateway(bench) {
  const { url, acceptedSends } = await startGateway(bench.environment.processes, GATEWAY_DELAY_MS);
  const instance = await startService(bench, { settings: { YUNTONGXUN_BASE_URL: url } });
  const operation = operations.find(({ name }) => name === 'requestSmsCode');
  const slow = { ...bench, environment: { ...bench.environment, acceptedSends }, errors: 0 };
  const run = (seconds) => load(slow, instance, operation, seconds, SLOW_GATEWAY_CLIENTS);
  for (let round = 0; round < bench.plan.warmUps; round += 1) await run(bench.plan.sliceSeconds);
  await bench.redis.flush();
  await eventLoopDelayMs(instance); // resets the histogram
  const { perSecond } = await run(bench.plan.openLoopSeconds / 2);
  const delayMs = await eventLoopDelayMs(instance);
  bench.errors += slow.errors;
  await stop(instance);
  return [
    { name: `gateway of ${GATEWAY_DELAY_MS} ms: SMS/s`, value: perSecond, target: atLeast(600, 'SMS/s') },
    { name: 'its event-loop delay, p99 ms', value: delayMs, digits: 1, target: atMost(20, 'ms') },
  ];
}

/** As the service measures it itself, since the last time that its metrics were read. */
async function eventLoopDelayMs({ port }) {
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return Number(/^nodejs_eventloop_lag_p99_seconds (\S+)/m.exec(metrics)[1]) * 1000;
}
