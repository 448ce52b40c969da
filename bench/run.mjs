// The entry: runs one of the benchmarks and stops everything that it started. Usage:
//   node bench/run.mjs [--quick] [--only <operation>] [--against <directory>]
//   node bench/run.mjs --scale [--quick]
//   node bench/run.mjs --unit-costs [--quick]
//   node bench/run.mjs --limits [--quick] [--only start|memory|arrivals|gateway]
//   node bench/run.mjs --switches [--quick]
//   node bench/run.mjs --profile [--quick] [--only <operation>]

import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare } from './compare.mjs';
import { limits } from './limits.mjs';
import { leaveServerCores, Processes } from './processes.mjs';
import { profile } from './profile.mjs';
import { scale } from './scale.mjs';
import { switches } from './switches.mjs';
import { unitCosts } from './unit-costs.mjs';

const { values: flags } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    against: { type: 'string' },
    scale: { type: 'boolean' },
    'unit-costs': { type: 'boolean' },
    profile: { type: 'boolean' },
    limits: { type: 'boolean' },
    switches: { type: 'boolean' },
  },
});
const BENCHMARKS = { scale, 'unit-costs': unitCosts, profile, limits, switches };
const benchmark = BENCHMARKS[Object.keys(BENCHMARKS).find((flag) => flags[flag])] ?? compare;

leaveServerCores(flags.scale ? 2 : 1);
const directory = await mkdtemp(join(tmpdir(), 'yanzheng-bench-'));
await chmod(directory, 0o755); // PostgreSQL may have to run as another user
const processes = new Processes(directory);
let ending;

/** May be called several times: the processes are stopped once. */
function end(exitCode) {
  ending ??= processes.end().finally(() => process.exit(exitCode));
  return ending;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(1));
try {
  const isOk = await benchmark({ flags, directory, processes, isEnding: () => ending !== undefined });
  await end(isOk ? 0 : 1);
} catch (error) {
  if (!ending) console.error(error);
  await end(1);
}
