// Simulates days of a service with the guard enforced: how many SMS an attacker gets, and how many users are rejected.

import { Client } from './clients.mjs';
import { startEnvironment } from './environment.mjs';
import { attackScenarios, quietScenarios, WARM_UP_DAYS } from './guard-scenarios.mjs';
import { People, seededRandom } from './people.mjs';

const HOUR_MS = 60 * 60 * 1000;
const DAY_HOURS = 24;
const BATCH = 10;
/** Without an attack, so many users may be rejected: 0.1 %. */
const MAX_REJECTED_SHARE = 0.001;
const YUAN_PER_SMS = 0.05;

const settings = {
  SMS_RESEND_GAP_SECONDS: '0',
  // All days of the simulation are one day for PostgreSQL, and the guard alone is measured.
  SMS_PER_DAY: '1000000',
};

/** @returns whether all scenarios stayed within their bounds. */
export async function simulateGuard(seed) {
  console.log(`\nThe guard, enforced. ${WARM_UP_DAYS} days come before the measured one. Seed ${seed}\n`);
  printRow('day', 'attempts', 'guard off', 'SMS', 'at most', 'yuan', 'visits', 'rejected');
  let isWithinBounds = true;
  for (const scenario of [...quietScenarios, ...attackScenarios]) {
    const unguarded = scenario.attack ? await simulateScenario(scenario, seed, 'off') : { sent: 0 };
    const result = await simulateScenario(scenario, seed, 'enforce');
    isWithinBounds &&= isWithin(scenario, result);
    const { attempts, sent, bound, visits, rejected } = result;
    const yuan = (sent * YUAN_PER_SMS).toFixed(2);
    printRow(scenario.name, attempts, unguarded.sent, sent, bound, yuan, visits, rejected);
  }
  return isWithinBounds;
}

function isWithin({ attack }, { sent, bound, visits, rejected }) {
  return attack ? sent <= bound : rejected <= Math.max(1, visits * MAX_REJECTED_SHARE);
}

async function simulateScenario(scenario, seed, guard) {
  const environment = await startEnvironment({ ...settings, SMS_GUARD: guard });
  const random = seededRandom(seed);
  const people = new People(random, scenario.people);
  const counts = { attempts: 0, sent: 0, visits: 0, rejected: 0, bound: 0 };
  const client = new Client(environment);
  try {
    // Without the guard nothing remembers the past, but the attacker needs to know some mobiles.
    const warmUpDays = guard === 'off' ? 1 : scenario.warmUpDays;
    const hours = (warmUpDays + 1) * DAY_HOURS;
    for (let hour = 0; hour < hours; hour += 1) {
      const isMeasured = hour >= hours - DAY_HOURS;
      const factor = (isMeasured && scenario.factor?.(hour)) || 1;
      const attempts = (isMeasured && scenario.attack?.(hour % DAY_HOURS, people)) || [];
      const tasks = [
        ...people.visits(hour, factor).map((visit) => () => visitService(visit, client, people, counts)),
        ...attempts.map((attempt) => () => attackService(attempt, client, counts)),
      ];
      await runInBatches(shuffled(tasks, random));
      if (isMeasured && guard !== 'off')
        counts.bound = Math.max(counts.bound, await linesOf(environment, scenario.lanes ?? []));
      await environment.advanceClock(HOUR_MS);
    }
    const undecided = await metricOf(environment, /^yanzheng_guard_unavailable_total (.+)$/m);
    if (undecided > 0) throw new Error(`the guard was not answered in time ${undecided} times`);
    if (client.unavailable > 0) throw new Error(`${client.unavailable} requests were not answered in time`);
    return counts;
  } finally {
    await environment.stop();
  }
}

/** One visit: an SMS or two, and in most visits the code. */
async function visitService({ mobile, address, proves, sends }, client, people, counts) {
  counts.visits += 1;
  if (proves) {
    const request = (...args) => client.requestWithPlantedCaptcha(...args);
    if (await client.verify(mobile, address, request)) people.known.push({ mobile, address });
    else counts.rejected += 1;
    return;
  }
  for (let send = 0; send < sends; send += 1) {
    if ((await client.requestWithPlantedCaptcha(mobile, address)) === 'SmsCodeSent') continue;
    counts.rejected += 1;
    return;
  }
}

async function attackService({ mobile, address }, client, counts) {
  counts.attempts += 1;
  if ((await client.requestWithPlantedCaptcha(mobile, address)) === 'SmsCodeSent') counts.sent += 1;
}

/** The embedded Redis answers so many at once in time. */
async function runInBatches(tasks) {
  for (let first = 0; first < tasks.length; first += BATCH)
    await Promise.all(tasks.slice(first, first + BATCH).map((run) => run()));
}

/** Users and attackers come in no order (Fisher and Yates). */
function shuffled(items, random) {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    [result[last], result[chosen]] = [result[chosen], result[last]];
  }
  return result;
}

async function metricOf({ url }, pattern) {
  return Number(pattern.exec(await (await fetch(new URL('/metrics', url))).text())?.[1]);
}

/** The SMS that these lanes may have open within a day. */
async function linesOf(environment, lanes) {
  const lines = await Promise.all(
    lanes.map((lane) =>
      metricOf(environment, new RegExp(`^yanzheng_guard_line\\{lane="${lane}",window="day"\\} (.+)$`, 'm')),
    ),
  );
  return lines.reduce((sum, line) => sum + Math.ceil(line), 0);
}

function printRow(name, ...cells) {
  console.log([name.padEnd(34), ...cells.map((cell) => String(cell).padStart(9))].join(' '));
}
