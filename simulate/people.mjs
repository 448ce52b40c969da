// The users of a service over days: when they come, from which networks, with which mobiles, and who enters the code.

const HOURS = 24;
/** Requests of each hour, as shares of a day: few at night, most in the evening. */
const HOURLY_WEIGHTS = [
  8, 5, 3, 2, 2, 3, 8, 18, 30, 40, 46, 48, 46, 44, 44, 46, 48, 50, 54, 60, 64, 58, 40, 20,
];
const TOTAL_WEIGHT = HOURLY_WEIGHTS.reduce((sum, weight) => sum + weight, 0);
const PREFIXES = '130 131 135 136 137 138 139 150 151 158 180 186 187 188'.split(' ');
/** Networks with a /20 each, from which most people come. */
const CARRIER_NETWORKS = 40;
const HOURS_BETWEEN_VISITS = 12;
/** Of the people with a new mobile, so many come from a network that no one has come from. */
const STRANGER_SHARE = 0.1;

/** Uniform numbers from 0 to 1 that a seed determines (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class People {
  /** Mobiles that were verified, with the address of their owner. */
  known = [];
  #random;
  #options;
  #carry = 0;
  /** The hour, by mobile. */
  #lastVisit = new Map();

  constructor(random, options) {
    this.#random = random;
    this.#options = options;
  }

  /** The visits of one hour: `{ mobile, address, proves, sends }`. */
  visits(hour, factor = 1) {
    const { usersPerDay } = this.#options;
    const expected = (usersPerDay * factor * HOURLY_WEIGHTS[hour % HOURS]) / TOTAL_WEIGHT + this.#carry;
    const count = Math.floor(expected);
    this.#carry = expected - count;
    return Array.from({ length: count }, () => this.#visit(hour));
  }

  randomMobile() {
    const digits = Array.from({ length: 8 }, () => Math.floor(this.#random() * 10)).join('');
    return this.pick(PREFIXES) + digits;
  }

  /** An address in a network that people come from. */
  carrierAddress() {
    // Squared: some networks have far more people than others.
    const network = Math.floor(this.#random() ** 2 * CARRIER_NETWORKS);
    return this.#addressIn(36, network);
  }

  /** An address in a network of its own. */
  strangeAddress() {
    return this.#addressIn(100 + Math.floor(this.#random() * 80), Math.floor(this.#random() * 4096));
  }

  pick(list) {
    return list[Math.floor(this.#random() * list.length)];
  }

  #visit(hour) {
    const { conversion, registersOnly } = this.#options;
    const returns = !registersOnly && this.#random() < 0.5;
    const person = (returns && this.#returning(hour)) || this.#newcomer();
    this.#lastVisit.set(person.mobile, hour);
    const proves = this.#random() < conversion;
    return { ...person, proves, sends: proves || this.#random() < 0.5 ? 1 : 2 };
  }

  /** Someone who was not here in the last hours, so that the limits of a mobile are not measured instead of the guard. */
  #returning(hour) {
    const person = this.known.length > 0 ? this.pick(this.known) : undefined;
    const last = this.#lastVisit.get(person?.mobile) ?? Number.NEGATIVE_INFINITY;
    return hour - last >= HOURS_BETWEEN_VISITS ? person : undefined;
  }

  #newcomer() {
    const isStranger = this.#random() < STRANGER_SHARE;
    return {
      mobile: this.randomMobile(),
      address: isStranger ? this.strangeAddress() : this.carrierAddress(),
    };
  }

  /** The second and the third byte begin with the number of the /20, the rest is random. */
  #addressIn(first, network) {
    const third = ((network & 15) << 4) | Math.floor(this.#random() * 16);
    return `${first}.${network >> 4}.${third}.${1 + Math.floor(this.#random() * 254)}`;
  }
}
