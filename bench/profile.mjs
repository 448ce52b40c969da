// `--profile`: where the CPU time and the allocations of the service go, by package and by its own functions.

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { loadBuild } from './builds.mjs';
import { selectOperations } from './compare.mjs';
import { checkout, startEnvironment, startInstances } from './environment.mjs';
import { measure } from './measure.mjs';
import { summarizeAllocations, summarizeCpu } from './profile-summary.mjs';
import { align, fixed } from './report.mjs';
import { redisSeeds } from './seeds.mjs';
import { local, startRedis } from './stores.mjs';

const PLAN = { warmUpRounds: 5, seconds: 3 };
const QUICK_PLAN = { warmUpRounds: 1, seconds: 0.5 };
const WRITE_POLL_MS = 50;
const WRITE_TIMEOUT_MS = 30_000;
const ROWS = 30;

/** @returns whether all responses were successes. */
export async function profile(context) {
  const plan = context.flags.quick ? QUICK_PLAN : PLAN;
  const environment = await startEnvironment(context);
  const { main, storage } = await loadBuild(checkout, environment.secrets);
  const redis = await startRedis(context.processes);
  const service = {
    main,
    name: 'service',
    redis,
    settings: { PROFILE_DIRECTORY: context.directory },
    nodeArgs: ['--enable-source-maps', '--import', pathToFileURL(local('profiler.mjs')).href],
  };
  const { instances } = await startInstances(environment, service);
  const seeds = redisSeeds(redis.client, storage);
  const target = new URL('results/profiles/', import.meta.url);
  await mkdir(target, { recursive: true });

  let errors = 0;
  let recordings = 0;
  const run = async (operation, hooks = {}) => {
    await redis.flush();
    const slice = await measure(
      { operation, name: 'current', plan, instances, seeds, ...hooks },
      environment,
    );
    errors += slice.errors;
    return slice;
  };
  for (const operation of selectOperations(context.flags.only)) {
    for (let round = 0; round < plan.warmUpRounds; round += 1) await run(operation);
    for (const [extension, print] of [
      ['cpuprofile', printCpu],
      ['heapprofile', printAllocations],
    ]) {
      const signal = async () => process.kill(instances[0].pid, 'SIGUSR2');
      const slice = await run(operation, { onReady: signal, onLoaded: signal });
      const text = await whenWritten(join(context.directory, `${recordings}.${extension}`));
      recordings += 1;
      await writeFile(new URL(`${operation.name}.${extension}`, target), text);
      print(operation.name, JSON.parse(text), slice);
    }
  }
  console.log(`\nThe profiles are in ${target.pathname}; Chrome DevTools open them.`);
  return errors === 0;
}

/** @returns what a file contains, when it exists. */
async function whenWritten(file) {
  const deadline = Date.now() + WRITE_TIMEOUT_MS;
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined) return text;
    if (Date.now() > deadline) throw new Error(`${file} was not written`);
    await sleep(WRITE_POLL_MS);
  }
}

function printCpu(operation, cpuProfile, { answered }) {
  const { busyMicros, ...shares } = summarizeCpu(cpuProfile, checkout);
  const row = ({ name, micros }) => [
    name,
    fixed((micros / busyMicros) * 100, 1),
    fixed(micros / answered, 1),
  ];
  printShares(`${operation}: CPU time`, 'µs a request', shares, row);
}

function printAllocations(operation, heapProfile, { answered }) {
  const { bytes: total, ...shares } = summarizeAllocations(heapProfile, checkout);
  const row = ({ name, bytes }) => [name, fixed((bytes / total) * 100, 1), fixed(bytes / answered, 0)];
  printShares(`${operation}: allocations`, 'bytes a request', shares, row);
}

function printShares(what, unit, { packages, functions }, row) {
  const header = ['', '%', unit];
  printTable(`${what} by package`, header, packages.map(row));
  printTable(`${what} in our functions and what they call, until the next await`, header, functions.map(row));
}

function printTable(title, header, rows) {
  console.log(`\n${title}\n${align([header, ...rows.slice(0, ROWS)], 1).join('\n')}`);
}
