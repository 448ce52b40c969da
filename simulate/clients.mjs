// The clients of a simulation: honest users and attackers.

import { randomUUID } from 'node:crypto';

const PLANTED_ANSWER = 'ACDE';
const CAPTCHA = '{ imageCaptcha { __typename ... on ImageCaptcha { id } } }';
const REQUEST = 'mutation ($input: RequestSmsCodeInput!) { requestSmsCode(input: $input) { __typename } }';
const VERIFY = 'mutation ($input: VerifySmsCodeInput!) { verifySmsCode(input: $input) { __typename } }';
const PREFIXES = '130 131 135 136 137 138 139 150 151 158 180 186 187 188'.split(' ');
const CAMPUS_ADDRESS = '203.0.113.7';
const ATTACKER_ADDRESS = '198.51.100.1';
/** The addresses of honest users start here, so that attackers use other addresses. */
const FIRST_USER_ADDRESS = 5_000_000;
const HOURS_PER_DAY = 24;

export function randomDigits(count) {
  return Array.from({ length: count }, () => Math.floor(Math.random() * 10)).join('');
}

function randomMobile() {
  return PREFIXES[Math.floor(Math.random() * PREFIXES.length)] + randomDigits(8);
}

function addressAt(index) {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}

export class Client {
  /** The number of `ServiceUnavailableError` responses. They are a sign of an overloaded machine. */
  unavailable = 0;
  #url;
  #redis;
  #phones;

  constructor({ url, redis, phones }) {
    this.#url = url;
    this.#redis = redis;
    this.#phones = phones;
  }

  /** @returns the type of the response to `requestSmsCode`, for a captcha that the simulation puts into Redis. */
  async requestWithPlantedCaptcha(mobile, address) {
    const captchaId = randomUUID();
    await this.#redis.set(`yz:captcha:${captchaId}`, PLANTED_ANSWER, 'EX', 60);
    const input = { mobile, captchaId, captchaAnswer: PLANTED_ANSWER };
    return (await this.#execute(REQUEST, { input }, address)).requestSmsCode.__typename;
  }

  /** @returns the type of the response to `requestSmsCode`. */
  async requestSmsCode(mobile, address) {
    const { id } = (await this.#execute(CAPTCHA, {}, address)).imageCaptcha;
    // Reads the answer from Redis: a simulated client solves every captcha.
    const captchaAnswer = id && (await this.#redis.get(`yz:captcha:${id}`));
    if (!captchaAnswer) return 'TooManyRequestsError';
    const input = { mobile, captchaId: id, captchaAnswer };
    return (await this.#execute(REQUEST, { input }, address)).requestSmsCode.__typename;
  }

  /** Requests a code and verifies it. @returns whether the mobile was verified. */
  async verify(mobile, address, request = (...args) => this.requestSmsCode(...args)) {
    if ((await request(mobile, address)) !== 'SmsCodeSent') return false;
    const input = { mobile, code: this.#phones.lastCode(mobile) };
    const { verifySmsCode } = await this.#execute(VERIFY, { input }, address);
    return verifySmsCode.__typename === 'MobileVerified';
  }

  async #execute(query, variables, address) {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ query, variables }),
    });
    const { data, errors } = await response.json();
    if (!data) throw new Error(JSON.stringify(errors));
    const [{ __typename }] = Object.values(data);
    if (__typename === 'ServiceUnavailableError') this.unavailable += 1;
    return data;
  }
}

/** One fifth share the address of a campus. One percent have a number in the range that is attacked. */
export function honestUsers(count, targetRange) {
  return Array.from({ length: count }, (_, index) => ({
    mobile: index % 100 === 0 ? targetRange + randomDigits(4) : randomMobile(),
    address: index % 5 === 0 ? CAMPUS_ADDRESS : addressAt(FIRST_USER_ADDRESS + index),
  }));
}

/**
 * The attackers: `attempts()` returns the requests of one step of the day, `maxSent` is the number of SMS that the rate
 * limits allow per day.
 */
export function attackers(limits, targetRange, steps) {
  const victim = randomMobile();
  let addresses = 0;
  const newAddress = () => {
    addresses += 1;
    return addressAt(addresses);
  };
  const attempts = (count, create) => () => Array.from({ length: count }, create);
  return [
    {
      name: 'one address, many mobiles',
      attempts: attempts(10, () => ({ mobile: randomMobile(), address: ATTACKER_ADDRESS })),
      maxSent: limits.perAddressPerHour * HOURS_PER_DAY,
    },
    {
      name: 'many addresses, one mobile',
      attempts: attempts(3, () => ({ mobile: victim, address: newAddress() })),
      maxSent: limits.perMobilePerDay,
    },
    {
      name: 'many addresses, one number range',
      attempts: attempts(10, () => ({ mobile: targetRange + randomDigits(4), address: newAddress() })),
      maxSent: limits.perRangePerHour * HOURS_PER_DAY,
    },
    {
      name: '10,000 addresses, any mobile',
      attempts: attempts(Math.ceil(10_000 / steps), () => ({
        mobile: randomMobile(),
        address: newAddress(),
      })),
      maxSent: limits.perDay,
    },
  ];
}
