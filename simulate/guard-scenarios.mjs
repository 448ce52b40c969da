// What the guard against SMS pumping is measured with: days without an attack, and attackers after 14 days of ordinary use.

const DAY_HOURS = 24;
export const WARM_UP_DAYS = 14;

/** Few users: the embedded Redis takes milliseconds for a script. */
const ordinary = { usersPerDay: 60, conversion: 0.85, registersOnly: false };

/**
 * `people` are the options of People. `warmUpDays` come before the measured day. `factor(hour)` multiplies the visits of an hour
 * of that day. `attack(hour, people)` returns the requests of an attacker within it, and `lanes` are the lanes that he uses: their
 * lines bound what he gets.
 */
export const quietScenarios = [
  { name: 'an ordinary day', people: ordinary, warmUpDays: WARM_UP_DAYS },
  { name: '60 % enter their code', people: { ...ordinary, conversion: 0.6 }, warmUpDays: WARM_UP_DAYS },
  { name: 'registrations only', people: { ...ordinary, registersOnly: true }, warmUpDays: WARM_UP_DAYS },
  { name: 'the first day', people: ordinary, warmUpDays: 0 },
  { name: 'an hour of 20 times', people: ordinary, warmUpDays: WARM_UP_DAYS, factor: spike(20) },
];

export const attackScenarios = [
  {
    name: 'fresh networks, any mobile',
    lanes: ['new.unproven'],
    attack: (_hour, people) =>
      many(40, () => ({ mobile: people.randomMobile(), address: people.strangeAddress() })),
  },
  {
    name: 'proxies in the networks of users',
    // Few people come from some networks, which are not proven then.
    lanes: ['new.proven', 'new.unproven'],
    attack: (_hour, people) =>
      many(40, () => ({ mobile: people.randomMobile(), address: people.carrierAddress() })),
  },
  {
    name: 'known mobiles, strange networks',
    lanes: ['known.unproven'],
    attack: (_hour, people) =>
      many(40, () => ({ mobile: people.pick(people.known).mobile, address: people.strangeAddress() })),
  },
  {
    name: 'known mobiles, known networks',
    lanes: ['known.proven', 'known.unproven'],
    attack: (_hour, people) =>
      many(40, () => ({ mobile: people.pick(people.known).mobile, address: people.carrierAddress() })),
  },
  {
    name: 'a burst of 400 requests',
    lanes: ['new.unproven'],
    attack: (hour, people) =>
      hour === 12
        ? many(400, () => ({ mobile: people.randomMobile(), address: people.strangeAddress() }))
        : [],
  },
  {
    name: 'all four kinds at once',
    lanes: ['new.unproven', 'new.proven', 'known.unproven', 'known.proven'],
    attack: (_hour, people) =>
      many(12, () => [
        { mobile: people.randomMobile(), address: people.strangeAddress() },
        { mobile: people.randomMobile(), address: people.carrierAddress() },
        { mobile: people.pick(people.known).mobile, address: people.strangeAddress() },
        { mobile: people.pick(people.known).mobile, address: people.carrierAddress() },
      ]).flat(),
  },
].map((scenario) => ({ ...scenario, people: ordinary, warmUpDays: WARM_UP_DAYS }));

function spike(times) {
  return (hour) => (hour % DAY_HOURS === 10 ? times : 1);
}

function many(count, create) {
  return Array.from({ length: count }, create);
}
