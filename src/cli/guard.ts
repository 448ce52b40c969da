// `yanzheng guard`: how full the lanes of the guard are, and what it has rejected or would have rejected in the last days.

import { loadConfig } from '../config/load-config.ts';
import { GuardStore, type LaneDay, type LaneState } from '../guard/guard.store.ts';
import { guardScripts } from '../guard/guard-scripts.ts';
import { LANES, type LaneLevel } from '../guard/lane.ts';
import type { Command } from './command.ts';
import { withRedis } from './with-redis.ts';

/** With fewer rejections in all of the days, `enforce` disturbs hardly anyone. */
const SAFE_SHARE = 0.001;

interface LaneReport extends LaneState {
  readonly lane: string;
}

export const guard: Command = {
  name: 'guard',
  args: '',
  summary: 'Shows the lanes of the guard, and what enforcing it would reject',
  help: [
    'Open are SMS whose code is not verified. A lane rejects SMS when its open SMS reach its line. In the mode observe the rejected',
    'SMS were sent. The days are those of China. Required settings: REDIS_URL, CODE_SECRET.',
  ],
  /** @throws DependencyUnavailableError if Redis does not answer. */
  async run({ environment }) {
    const config = loadConfig(environment, 'redis');
    const { mode, lines } = config.guard;
    return withRedis(config, guardScripts, async ({ redis, keys }) => {
      const store = new GuardStore(redis, keys, lines);
      const lanes = await Promise.all(LANES.map(async (lane) => ({ lane, ...(await store.read(lane)) })));
      const days = sumOfDays(lanes);
      const total = days.reduce(add, NO_DECISIONS);
      return {
        lines: [
          `SMS_GUARD is ${mode}`,
          ...lanes.map(laneLine),
          '',
          `The last ${days.length} days: passed, rejected`,
          ...days.map((day, ago) => `  ${dayName(ago).padEnd(12)} ${day.passed}, ${day.rejected}`),
          '',
          conclusion(total),
        ],
        json: { mode, lanes, days, total, rejectedShare: rejectedShare(total) },
      };
    });
  },
};

const NO_DECISIONS: LaneDay = { passed: 0, rejected: 0 };

function add(one: LaneDay, other: LaneDay): LaneDay {
  return { passed: one.passed + other.passed, rejected: one.rejected + other.rejected };
}

/** All lanes together, today first. */
function sumOfDays(lanes: readonly LaneReport[]): LaneDay[] {
  const [first] = lanes;
  return (first?.days ?? []).map((_day, ago) =>
    lanes.map(({ days }) => days[ago] ?? NO_DECISIONS).reduce(add, NO_DECISIONS),
  );
}

function laneLine({ lane, levels: { hour, day } }: LaneReport): string {
  return `  ${lane.padEnd(15)} ${level('hour', hour)}, ${level('day', day)}`;
}

function level(window: string, { open, line }: LaneLevel): string {
  return `${window}: ${open} open, line ${line}`;
}

function dayName(ago: number): string {
  return ago === 0 ? 'today' : ago === 1 ? '1 day ago' : `${ago} days ago`;
}

function rejectedShare({ passed, rejected }: LaneDay): number {
  return rejected === 0 ? 0 : rejected / (passed + rejected);
}

function conclusion(total: LaneDay): string {
  const { passed, rejected } = total;
  if (passed + rejected === 0) return 'No decisions. Set SMS_GUARD to observe, and look again after 14 days.';
  const percent = (100 * rejectedShare(total)).toFixed(2);
  return rejectedShare(total) <= SAFE_SHARE
    ? `${percent} % rejected: SMS_GUARD=enforce disturbs hardly anyone, if there was no attack and the days are 14.`
    : `${percent} % rejected. On which days, and was it an attack? If not, raise SMS_GUARD_BASE_PER_HOUR and _PER_DAY.`;
}
