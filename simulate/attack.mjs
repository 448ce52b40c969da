// One simulated day for each of four attackers beside 1,000 honest users, all of whom read every captcha; prints what
// the attacker got and what the honest users lost. node simulate/attack.mjs

import { moveClock, startSurroundings } from './dependencies.mjs';
import { attackers, Caller, honestUsers, randomDigits } from './people.mjs';

const DAY_MS = 24 * 60 * 60 * 1000;
const STEPS = 96;
const HONEST = 1000;
const YUAN_PER_TEXT = 0.05;
const allowances = { perAddressPerHour: 20, perMobilePerDay: 10, perRangePerHour: 20, perDay: 5000 };

const walkedRange = `139${randomDigits(4)}`;
const dependencies = await startSurroundings({
  SMS_PER_ADDRESS_PER_HOUR: String(allowances.perAddressPerHour),
  SMS_PER_MOBILE_PER_DAY: String(allowances.perMobilePerDay),
  SMS_PER_RANGE_PER_HOUR: String(allowances.perRangePerHour),
  SMS_PER_DAY: String(allowances.perDay),
});
const caller = new Caller(dependencies);
let isWithinBounds = true;

try {
  console.log(`A day with ${HONEST} honest users, ${allowances.perDay} texts, ${YUAN_PER_TEXT} yuan each\n`);
  printRow('attacker', 'attempts', 'texts', 'bound', 'yuan', 'honest refused');
  for (const attacker of attackers(allowances, walkedRange, STEPS)) {
    const { attempts, texts, refused } = await simulateDay(attacker);
    isWithinBounds &&= texts <= attacker.bound;
    printRow(attacker.name, attempts, texts, attacker.bound, (texts * YUAN_PER_TEXT).toFixed(2), refused);
  }
  console.log(isWithinBounds ? '\nAll within their bounds.' : '\nA BOUND WAS BROKEN.');
} finally {
  await dependencies.stop();
}
process.exit(isWithinBounds ? 0 : 1);

/** The clock moves between the steps; within a step all of them ask at once. */
async function simulateDay(attacker) {
  await dependencies.redis.flushall();
  const users = honestUsers(HONEST, walkedRange);
  const counts = { attempts: 0, texts: 0, refused: 0 };
  for (let step = 0; step < STEPS; step += 1) {
    const honest = users.slice((step * HONEST) / STEPS, ((step + 1) * HONEST) / STEPS);
    const attempts = attacker.attempts();
    counts.attempts += attempts.length;
    await Promise.all([
      ...honest.map(async ({ mobile, from }) => {
        if (!(await caller.verify(mobile, from))) counts.refused += 1;
      }),
      ...attempts.map(async ([mobile, from]) => {
        if ((await caller.requestText(mobile, from)) === 'SmsCodeSent') counts.texts += 1;
      }),
    ]);
    moveClock(DAY_MS / STEPS);
  }
  return counts;
}

function printRow(name, ...cells) {
  console.log([name.padEnd(36), ...cells.map((cell) => String(cell).padStart(9))].join(' '));
}
