// Whether a request costs more when much state is live, or when the daily cap is large and mostly used.

import { inTurn } from './compare.mjs';
import { BEHIND_A_PROXY, clientAddresses, startInstances } from './environment.mjs';
import { fillWithUsers, recordTemplates } from './live-state.mjs';
import { measure } from './measure.mjs';
import { operations } from './operations.mjs';
import { fixed, median, medianInterval, range } from './report.mjs';
import { redisSeeds } from './seeds.mjs';
import { prepareSpending } from './spending.mjs';
import { startRedis } from './stores.mjs';

export const MAX_GROWTH = 1.1;
/** The requests of a run may add this share of keys to a state. Then it is filled anew, which takes long for a large one. */
const MAX_SURPLUS = 0.1;

const FIGURES = [
  ['service', 'cpuMicros'],
  ['Redis', 'redisMicros'],
];

/**
 * Measures all states in each round. While a verdict is not met, further rounds follow, as long as `mayContinue()`.
 * @param plan.states `keys`, `cap` (SMS_PER_DAY) and `used`, the SMS of the day that are already sent; the first is the
 *   reference
 * @returns one slice for each round, operation and state.
 */
export async function measureGrowth(environment, build, plan, mayContinue) {
  const states = await startStates(environment, build, plan.states);
  const addresses = clientAddresses();
  const slices = [];
  const isDone = (round) =>
    round >= plan.rounds && (!mayContinue() || judgeGrowth(slices).every(({ isMet }) => isMet));
  for (let round = -plan.warmUpRounds; !isDone(round); round += 1) {
    for (const operation of operations) {
      for (const { state, prepare, ...server } of inTurn(states, round)) {
        await prepare();
        const slice = await measure({ operation, name: 'current', plan, addresses, ...server }, environment);
        slices.push({ round, operation: operation.name, state: describe(state), ...slice });
      }
    }
    process.stderr.write('.');
  }
  return slices;
}

const number = (value) => value.toLocaleString('en');
const describe = ({ keys, cap, used }) => `${number(keys)} keys, ${number(used)} of ${number(cap)} SMS used`;

/** Each state has a Redis, a database and a process of the service of its own, so that the rounds can alternate. */
async function startStates(environment, { main, storage }, states) {
  const started = [];
  let templates;
  for (const [index, state] of states.entries()) {
    const redis = await startRedis(environment.processes);
    const settings = { ...BEHIND_A_PROXY, SMS_PER_DAY: String(state.cap) };
    const service = { main, name: `state_${index}`, redis, settings };
    const { instances, databaseUrl } = await startInstances(environment, service);
    templates ??= await recordTemplates({ port: instances[0].port, redis: redis.client, storage });
    const fill = async () => {
      await redis.flush();
      await fillWithUsers(redis.client, templates, storage, state.keys, MAX_SURPLUS);
    };
    await fill();
    const prepare = async () => {
      if ((await redis.client.dbsize()) > state.keys * (1 + MAX_SURPLUS)) await fill();
      await prepareSpending(databaseUrl, state.used);
    };
    const meters = { redis: () => redis.pids };
    started.push({ state, prepare, instances, meters, seeds: redisSeeds(redis.client, storage) });
    process.stderr.write(`${describe(state)} `);
  }
  return started;
}

/** The figures of each state relative to those of the first state in the same round. */
export function judgeGrowth(slices) {
  const measured = slices.filter(({ round }) => round >= 0);
  const of = (operation, state) =>
    measured.filter((slice) => slice.operation === operation && slice.state === state);
  const [reference, ...others] = new Set(measured.map(({ state }) => state));
  return operations.flatMap(({ name: operation }) =>
    others.flatMap((state) =>
      FIGURES.map(([what, figure]) => {
        const before = of(operation, reference);
        const after = of(operation, state);
        const ratios = after.map((slice, round) => slice[figure] / before[round][figure]);
        const middle = (list) => median(list.map((slice) => slice[figure]));
        return {
          operation,
          state,
          what,
          before: middle(before),
          after: middle(after),
          growth: median(ratios),
          ...medianInterval(ratios),
          rounds: ratios.length,
          isMet: median(ratios) <= MAX_GROWTH,
        };
      }),
    ),
  );
}

export function renderGrowth(verdicts) {
  const header = ['', 'live state', 'CPU of', 'µs before', 'µs', 'growth', '(95 % interval)', ''];
  const rows = verdicts.map((verdict) => [
    verdict.operation,
    verdict.state,
    verdict.what,
    fixed(verdict.before, 0),
    fixed(verdict.after, 0),
    fixed(verdict.growth, 2),
    range(verdict),
    verdictOf(verdict),
  ]);
  return [header, ...rows];
}

/** Unclear: the median is above the limit, but the true growth may be below it. */
function verdictOf({ isMet, lowest }) {
  if (isMet) return 'met';
  return lowest > MAX_GROWTH ? 'NOT MET' : 'unclear';
}
