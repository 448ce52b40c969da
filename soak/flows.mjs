// The load: complete verifications and the failures of daily operation, each with a new mobile and a new address.

import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const CAPTCHA = '{ imageCaptcha { __typename ... on ImageCaptcha { id image } } }';
const REQUEST = mutation('requestSmsCode', 'RequestSmsCodeInput');
const VERIFY = mutation('verifySmsCode', 'VerifySmsCodeInput', '... on MobileVerified { verificationToken }');
const REGISTER = mutation(
  'registerUser',
  'RegisterUserInput',
  '... on UserRegistered { user { id mobile } }',
);
const PREFIXES = '130 131 135 136 137 138 139 150 151 158 180 186 187 188'.split(' ');
/** A prime: the numbers follow each other in different number ranges, and repeat only after 100 million. */
const MOBILE_STEP = 7_654_321;
/** A client that disconnects does so within this time: before, during or after the send. */
const DISCONNECT_WITHIN_MS = 20;
/** No letter of captchas is a digit. */
const WRONG_CAPTCHA = '0000';
const UNAVAILABLE = 'ServiceUnavailableError';
/** Six of ten flows complete without an error. */
const KINDS = [...Array(6).fill('complete'), 'wrongCaptcha', 'wrongCode', 'cooldown', 'disconnect'];

class Unavailable extends Error {}

function mutation(name, input, fields = '') {
  return `mutation ($input: ${input}!) { ${name}(input: $input) { __typename ${fields} } }`;
}

export class Flows {
  started = 0;
  requests = 0;
  /** Flows that ended with ServiceUnavailableError. */
  unavailable = 0;
  /** How often each other response that was not the expected one occurred. */
  unexpected = new Map();
  #environment;
  #redis;
  #running = new Set();
  #isStopped = false;
  #loop;

  constructor(environment) {
    this.#environment = environment;
    this.#redis = new Redis(environment.redisUrl);
    this.#redis.on('error', () => {}); // a command that fails makes its flow fail
  }

  get inFlight() {
    return this.#running.size;
  }

  get unexpectedCount() {
    return [...this.unexpected.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Starts flows at a steady rate, whether or not the earlier ones have completed. */
  start(perSecond) {
    this.#loop = this.#startAtRate(perSecond);
  }

  /** Starts no more flows, and waits for those in flight. */
  async stop() {
    this.#isStopped = true;
    await this.#loop;
    await Promise.all(this.#running);
    this.#redis.disconnect();
  }

  async #startAtRate(perSecond) {
    const startedMs = performance.now();
    while (!this.#isStopped) {
      const due = Math.floor(((performance.now() - startedMs) / 1000) * perSecond);
      while (this.started < due) this.#startOne();
      await sleep(1000 / perSecond);
    }
  }

  #startOne() {
    const kind = KINDS[this.started % KINDS.length];
    const flow = this.#run(kind, this.started)
      .catch((error) => this.#report(kind, error))
      .finally(() => this.#running.delete(flow));
    this.started += 1;
    this.#running.add(flow);
  }

  async #run(kind, index) {
    const client = { mobile: mobileAt(index), address: addressAt(index) };
    if (kind === 'disconnect') return this.#requestAndDisconnect(client);
    if (kind === 'wrongCaptcha') return this.#requestSms(client, 'CaptchaMismatchError', WRONG_CAPTCHA);
    await this.#requestSms(client, 'SmsCodeSent');
    if (kind === 'cooldown') return this.#requestSms(client, 'TooManyRequestsError');
    return this.#verifyAndRegister(client, kind === 'wrongCode');
  }

  async #requestSms(client, expected, answer) {
    const captcha = await this.#newCaptcha(client);
    const input = { mobile: client.mobile, ...captcha, ...(answer && { captchaAnswer: answer }) };
    await this.#expect(expected, client, REQUEST, { input });
  }

  async #requestAndDisconnect(client) {
    const input = { mobile: client.mobile, ...(await this.#newCaptcha(client)) };
    const signal = AbortSignal.timeout(Math.ceil(Math.random() * DISCONNECT_WITHIN_MS));
    await this.#execute(client, REQUEST, { input }, signal).catch((error) => {
      if (error.name !== 'TimeoutError') throw error;
    });
  }

  async #verifyAndRegister(client, startsWithWrongCode) {
    const { mobile } = client;
    const code = this.#environment.takeCode(mobile);
    if (startsWithWrongCode) {
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
      await this.#expect('SmsCodeMismatchError', client, VERIFY, { input: { mobile, code: wrong } });
    }
    const verified = await this.#expect('MobileVerified', client, VERIFY, { input: { mobile, code } });
    const input = { verificationToken: verified.verificationToken };
    await this.#expect('UserRegistered', client, REGISTER, { input });
  }

  /** The answer comes from Redis: a simulated client solves every captcha. */
  async #newCaptcha(client) {
    const { id } = await this.#expect('ImageCaptcha', client, CAPTCHA, {});
    const captchaAnswer = await this.#redis.get(this.#environment.captchaKey(id));
    return { captchaId: id, captchaAnswer };
  }

  /** @throws if the response is of another type: the flow cannot go on. */
  async #expect(type, client, query, variables) {
    const outcome = await this.#execute(client, query, variables);
    if (outcome.__typename === UNAVAILABLE) throw new Unavailable();
    if (outcome.__typename !== type) throw new Error(`${outcome.__typename} instead of ${type}`);
    return outcome;
  }

  async #execute({ address }, query, variables, signal) {
    this.requests += 1;
    const response = await fetch(`${this.#environment.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    const { data, errors } = await response.json();
    if (!data) throw new Error(JSON.stringify(errors));
    return Object.values(data)[0];
  }

  #report(kind, error) {
    if (error instanceof Unavailable) {
      this.unavailable += 1;
      return;
    }
    const problem = `${kind}: ${error.cause?.code ?? error.message}`;
    this.unexpected.set(problem, (this.unexpected.get(problem) ?? 0) + 1);
  }
}

function mobileAt(index) {
  return PREFIXES[index % PREFIXES.length] + String((index * MOBILE_STEP) % 100_000_000).padStart(8, '0');
}

function addressAt(index) {
  return `10.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`;
}
