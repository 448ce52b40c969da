// The soak test: loads the service for a long time, samples what it uses, and fails if something grows without end.
// Usage: node soak/run.mjs [--minutes <number>] [--plant-leak]

import { parseArgs } from 'node:util';
import { startEnvironment } from './environment.mjs';
import { Flows } from './flows.mjs';
import { judge } from './judge.mjs';
import { printHeader, printSample, printVerdicts } from './report.mjs';
import { openSampler } from './sampler.mjs';

const FLOWS_PER_SECOND = 25;
const SAMPLE_INTERVAL_MS = 5000;
/** Until then, compiled code, pools and state with short TTLs reach their size. */
const WARM_UP_SHARE = 0.15;
const WARM_UP_MIN_MS = 60_000;
const MIN_MINUTES = 2;

const { values: flags } = parseArgs({
  options: { minutes: { type: 'string', default: '30' }, 'plant-leak': { type: 'boolean', default: false } },
});
const durationMs = Number(flags.minutes) * 60_000;
if (!(durationMs >= MIN_MINUTES * 60_000))
  throw new Error(`--minutes must be a number of at least ${MIN_MINUTES}`);

const environment = await startEnvironment({ plantLeak: flags['plant-leak'] });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(1));
try {
  const isFlat = await soak();
  await stop(isFlat ? 0 : 1);
} catch (error) {
  if (!environment.isStopping) console.error(error);
  await stop(1);
}

/** @returns whether nothing grew and every response was the expected one. */
async function soak() {
  const flows = new Flows(environment);
  const sampler = await openSampler(environment);
  const { redisName, plantedLeak } = environment;
  console.log(
    `${flags.minutes} minutes, ${FLOWS_PER_SECOND} flows per second, ${redisName}, Node.js ${process.version}` +
      `${plantedLeak ? `, ${plantedLeak}` : ''}\n`,
  );
  printHeader();
  const startedMs = performance.now();
  const samples = [];
  flows.start(FLOWS_PER_SECOND);
  for (let next = SAMPLE_INTERVAL_MS; next <= durationMs; next += SAMPLE_INTERVAL_MS) {
    await new Promise((resolve) => setTimeout(resolve, startedMs + next - performance.now()));
    const sample = await sampler.sample(flows, (performance.now() - startedMs) / 1000);
    samples.push(sample);
    printSample(sample);
  }
  await flows.stop();
  const warmUpSeconds = Math.max(WARM_UP_MIN_MS, durationMs * WARM_UP_SHARE) / 1000;
  const verdicts = judge({
    samples: samples.filter(({ seconds }) => seconds >= warmUpSeconds),
    lifetimes: await sampler.lifetimes(),
    flows,
  });
  printVerdicts(verdicts, flows, warmUpSeconds);
  return verdicts.every(({ isMet }) => isMet);
}

async function stop(exitCode) {
  await environment.stop();
  process.exit(exitCode);
}
