// `--scale`: how the cost of a request changes with processes, with a Redis Cluster and with the amount of live state.

import { loadBuild } from './builds.mjs';
import { CAPACITY_NOTES, measureCapacity, renderCapacity, summarizeCapacity } from './capacity.mjs';
import { checkout, startEnvironment } from './environment.mjs';
import { judgeGrowth, MAX_GROWTH, measureGrowth, renderGrowth } from './growth.mjs';
import { CONNECTIONS } from './load.mjs';
import { align } from './report.mjs';
import { describeMachine, saveResults } from './results.mjs';

/** A run takes about this long. Further rounds fit in only if the others were fast. */
const BUDGET_MS = 7 * 60 * 1000;
/** Fewer requests than the smallest cap. */
const REQUESTS = 900;
const CAPACITY = { warmUpRounds: 2, rounds: 5, seconds: 1.5, maxPerSecond: 6000 };
const GROWTH = { warmUpRounds: 4, rounds: 9, requests: REQUESTS };
const QUICK_CAPACITY = { warmUpRounds: 1, rounds: 1, seconds: 0.4, maxPerSecond: 6000 };
const QUICK_GROWTH = { warmUpRounds: 1, rounds: 2, requests: 300 };

/** The last state differs from the one before by its cap only. */
const STATES = [
  { keys: 10_000, cap: 1000, used: 0 },
  { keys: 1_000_000, cap: 1000, used: 0 },
  { keys: 3_000_000, cap: 1000, used: 0 },
  { keys: 3_000_000, cap: 10_000_000, used: 9_000_000 },
];
const QUICK_STATES = STATES.map((state) => ({ ...state, keys: state.keys / 10 }));

/** @returns whether all responses were successes, and no cost grows. In a quick run only the former counts. */
export async function scale(context) {
  const isQuick = context.flags.quick;
  const endsAtMs = performance.now() + (isQuick ? 0 : BUDGET_MS);
  const environment = await startEnvironment(context);
  const build = await loadBuild(checkout, environment.secrets);
  const capacity = await measureCapacity(environment, build, isQuick ? QUICK_CAPACITY : CAPACITY);
  const plan = isQuick ? { ...QUICK_GROWTH, states: QUICK_STATES } : { ...GROWTH, states: STATES };
  const growth = await measureGrowth(environment, build, plan, () => performance.now() < endsAtMs);
  process.stderr.write('\n\n');

  const machine = describeMachine('redis-server');
  const results = { capacity: summarizeCapacity(capacity), growth: judgeGrowth(growth) };
  print(results, machine, plan);
  await saveResults({ machine, plan, ...results, slices: { capacity, growth } }, 'scale');
  const hasErrors = [...capacity, ...growth].some(({ errors }) => errors > 0);
  return !hasErrors && (isQuick || results.growth.every(({ isMet }) => isMet));
}

function print({ capacity, growth }, machine, { requests }) {
  console.log(`${align(renderCapacity(capacity), 2).join('\n')}\n\n${CAPACITY_NOTES}\n`);
  console.log(align(renderGrowth(growth), 3).join('\n'));
  if (growth.some(({ isMet }) => !isMet))
    console.log(
      '\nunclear: the interval includes the limit. Repeat the run when nothing else uses the machine.',
    );
  console.log(
    `\ngrowth: the median of ${growth[0].rounds} rounds of ${requests} requests may be at most ${MAX_GROWTH} times that of ` +
      `the first state.\n${CONNECTIONS} connections; ${Object.values(machine).join(', ')}`,
  );
}
