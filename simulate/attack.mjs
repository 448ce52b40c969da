// Simulates a day of four attackers, each next to 1,000 honest users, without the guard. With --guard: days with the guard enforced
// instead, and the same attackers with the guard off. All clients solve every captcha. Prints how many SMS each attacker triggers and
// how many honest users are rejected.
// Run: npm run simulate:attack [-- --guard [--seed 7]]

import { parseArgs } from 'node:util';
import { attackers, Client, honestUsers, randomDigits } from './clients.mjs';
import { startEnvironment } from './environment.mjs';
import { simulateGuard } from './guard.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;
const STEPS = 96;
const HONEST_USERS = 1000;
const YUAN_PER_SMS = 0.05;
const limits = { perAddressPerHour: 20, perMobilePerDay: 10, perRangePerHour: 20, perDay: 5000 };

/** The number range of the SMS pumping attack: seven digits of a mobile. */
const targetRange = `139${randomDigits(4)}`;
const settings = {
  SMS_GUARD: 'off',
  SMS_PER_ADDRESS_PER_HOUR: String(limits.perAddressPerHour),
  SMS_PER_MOBILE_PER_DAY: String(limits.perMobilePerDay),
  SMS_PER_RANGE_PER_HOUR: String(limits.perRangePerHour),
  SMS_PER_DAY: String(limits.perDay),
};
const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, guard: { type: 'boolean', default: false } },
});
let isWithinLimits = true;
let unavailable = 0;

if (options.guard) {
  isWithinLimits = await simulateGuard(Number(options.seed));
  if (!isWithinLimits) console.log('\nTHE GUARD EXCEEDED A BOUND.');
} else {
  await simulateLimits();
}
process.exit(isWithinLimits ? 0 : 1);

async function simulateLimits() {
  console.log(
    `A day with ${HONEST_USERS} honest users, at most ${limits.perDay} SMS, ${YUAN_PER_SMS} yuan each\n`,
  );
  printRow('attacker', 'attempts', 'SMS', 'at most', 'yuan', 'honest users rejected');
  for (const attacker of attackers(limits, targetRange, STEPS)) {
    // Each attacker has a service of its own: the simulation cannot move PostgreSQL to the next day.
    const environment = await startEnvironment(settings);
    const client = new Client(environment);
    try {
      const { attempts, sent, rejected } = await simulateDay(attacker, environment, client);
      isWithinLimits &&= sent <= attacker.maxSent;
      printRow(attacker.name, attempts, sent, attacker.maxSent, (sent * YUAN_PER_SMS).toFixed(2), rejected);
    } finally {
      await environment.stop();
    }
    unavailable += client.unavailable;
  }
  console.log(
    isWithinLimits ? '\nAll attackers stayed within the limits.' : '\nAN ATTACKER EXCEEDED A LIMIT.',
  );
  if (unavailable > 0) {
    console.log(
      `${unavailable} responses were ServiceUnavailableError. The machine is overloaded: fewer SMS were sent ` +
        'and more honest users were rejected than the rate limits alone would cause.',
    );
  }
}

/** The clock advances between the steps. All requests of one step are sent at the same time. */
async function simulateDay(attacker, environment, client) {
  const users = honestUsers(HONEST_USERS, targetRange);
  const counts = { attempts: 0, sent: 0, rejected: 0 };
  for (let step = 0; step < STEPS; step += 1) {
    const honest = users.slice((step * HONEST_USERS) / STEPS, ((step + 1) * HONEST_USERS) / STEPS);
    const attempts = attacker.attempts();
    counts.attempts += attempts.length;
    await Promise.all([
      ...honest.map(async ({ mobile, address }) => {
        if (!(await client.verify(mobile, address))) counts.rejected += 1;
      }),
      ...attempts.map(async ({ mobile, address }) => {
        if ((await client.requestSmsCode(mobile, address)) === 'SmsCodeSent') counts.sent += 1;
      }),
    ]);
    await environment.advanceClock(DAY_MS / STEPS);
  }
  return counts;
}

function printRow(name, ...cells) {
  console.log([name.padEnd(36), ...cells.map((cell) => String(cell).padStart(9))].join(' '));
}
