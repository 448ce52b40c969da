// `--profile`: where the CPU time and the allocations of the service go, by package and by its own functions.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
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
      const written = await whenWritten(join(context.directory, `${recordings}.${extension}`));
      recordings += 1;
      await copyFile(written, new URL(`${operation.name}.${extension}`, target));
      print(operation.name, JSON.parse(await readFile(written, 'utf8')), slice);
    }
  }
  console.log(`\nThe profiles are in ${target.pathname}; Chrome DevTools open them.`);
  return errors === 0;
}

async function whenWritten(file) {
  const deadline = Date.now() + WRITE_TIMEOUT_MS;
  for (;;) {
    if (await readFile(file).catch(() => undefined)) return file;
    if (Date.now() > deadline) throw new Error(`${file} was not written`);
    await sleep(WRITE_POLL_MS);
  }
}

function printCpu(operation, cpuProfile, { answered }) {
  const { busyMicros, packages, functions } = summarizeCpu(cpuProfile, checkout);
  const share = ({ name, micros }) => [
    name,
    fixed((micros / busyMicros) * 100, 1),
    fixed(micros / answered, 1),
  ];
  printTable(`${operation}: CPU time by package`, ['', '%', 'µs a request'], packages.map(share));
  printTable(
    `${operation}: CPU time in our functions and what they call, until the next await`,
    ['', '%', 'µs a request'],
    functions.map(share),
  );
}

function printAllocations(operation, heapProfile, { answered }) {
  const { bytes, packages, functions } = summarizeAllocations(heapProfile, checkout);
  const share = (row) => [row.name, fixed((row.bytes / bytes) * 100, 1), fixed(row.bytes / answered, 0)];
  printTable(`${operation}: allocations by package`, ['', '%', 'bytes a request'], packages.map(share));
  printTable(
    `${operation}: allocations in our functions and what they call, until the next await`,
    ['', '%', 'bytes a request'],
    functions.map(share),
  );
}

function printTable(title, header, rows) {
  console.log(`\n${title}\n${align([header, ...rows.slice(0, ROWS)], 1).join('\n')}`);
}
