// `--switches`: what each part costs that can be switched off, in CPU time of the service.

import { createServer } from 'node:http';
import { pathToFileURL } from 'node:url';
import { loadBuild } from './builds.mjs';
import { inTurn } from './compare.mjs';
import { checkout, startEnvironment, startInstances } from './environment.mjs';
import { measure } from './measure.mjs';
import { operations } from './operations.mjs';
import { freePort } from './processes.mjs';
import { align, fixed, median } from './report.mjs';
import { describeMachine, saveResults } from './results.mjs';
import { redisSeeds } from './seeds.mjs';
import { local, startRedis } from './stores.mjs';

const PLAN = { warmUpRounds: 5, rounds: 7, seconds: 1.2 };
const QUICK_PLAN = { warmUpRounds: 1, rounds: 1, seconds: 0.4 };
/** What the others are compared with. */
const BASE = 'all on, traces off';

/** @returns whether all responses were successes. */
export async function switches(context) {
  const plan = context.flags.quick ? QUICK_PLAN : PLAN;
  const environment = await startEnvironment(context);
  const { main, storage } = await loadBuild(checkout, environment.secrets);
  const redis = await startRedis(context.processes);
  const collector = await startCollector();
  const seeds = redisSeeds(redis.client, storage);
  const variants = {};
  for (const [name, options] of Object.entries(variantsOf(collector.url))) {
    const service = { main, redis, name: `switch_${Object.keys(variants).length}`, ...options };
    variants[name] = await startInstances(environment, service);
  }
  const slices = [];
  for (let round = -plan.warmUpRounds; round < plan.rounds; round += 1) {
    for (const operation of operations) {
      for (const name of inTurn(Object.keys(variants), round)) {
        await redis.flush();
        const slice = await measure(
          { operation, name: 'current', plan, seeds, instances: variants[name].instances },
          environment,
        );
        slices.push({ round, operation: operation.name, variant: name, ...slice });
      }
    }
    process.stderr.write('.');
  }
  collector.close();
  print(slices, Object.keys(variants));
  const machine = describeMachine(redis.name);
  console.log(`\n${Object.values(machine).join(', ')}`);
  await saveResults({ plan, machine, slices }, 'switches');
  return slices.every(({ errors }) => errors === 0);
}

function variantsOf(endpoint) {
  const traces = (share) => ({
    settings: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER_ARG: String(share) },
  });
  const preload = ['--enable-source-maps', '--import', pathToFileURL(local('without-metrics.mjs')).href];
  return {
    [BASE]: {},
    'without the audit log': { settings: { LOG_LEVEL: 'error' } },
    'without metrics': { nodeArgs: preload },
    'without the guard': { settings: { SMS_GUARD: 'off' } },
    'with traces, 0 % sampled': traces(0),
    'with traces, 5 % sampled': traces(0.05),
    'with traces, 100 % sampled': traces(1),
  };
}

/** Accepts every export of spans. */
async function startCollector() {
  const port = await freePort();
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end('{}'));
  });
  await new Promise((resolve) => {
    server.listen(port, '127.0.0.1', resolve);
  });
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}

function print(slices, variants) {
  const measured = slices.filter(({ round }) => round >= 0);
  const cpu = (operation, variant) =>
    measured
      .filter((slice) => slice.operation === operation && slice.variant === variant)
      .map(({ cpuMicros }) => cpuMicros);
  const difference = (operation, variant) => {
    const base = cpu(operation, BASE);
    return median(cpu(operation, variant).map((micros, round) => micros / base[round] - 1)) * 100;
  };
  const names = operations.map(({ name }) => name);
  const rows = variants.map((variant) => [
    variant,
    ...names.flatMap((name) => [
      fixed(median(cpu(name, variant)), 0),
      variant === BASE
        ? ''
        : `${difference(name, variant) < 0 ? '' : '+'}${fixed(difference(name, variant), 0)} %`,
    ]),
  ]);
  console.log(
    `\n\nCPU µs per request\n${align([['', ...names.flatMap((name) => [name, ''])], ...rows], 1).join('\n')}`,
  );
}
