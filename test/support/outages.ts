// What the tests about outages share: answers in time, healing, and what one text leaves behind.

import { expect } from '@jest/globals';
import { expectType, type Outcome, type Purpose } from './api.ts';
import { eventually } from './eventually.ts';
import type { TestApp } from './test-app.ts';

/** While a store is away. All calls to stores may take 1.5 s together; the rest is the slack of a busy machine. */
const ANSWERS_WITHIN_MS = 2000;

export const zh = { 'accept-language': 'zh-CN' };
export const UNAVAILABLE = {
  __typename: 'ServiceUnavailableError',
  message: '数据库异常',
  retryAfterSeconds: 5,
};

/** What a request counts and keeps: of its address, and, for a text that is sent or may be, of all that it takes. */
export const ASKED = { 'allowance:sms': 1 };
export const TEXT = {
  'allowance:mobile:gap': 1,
  'allowance:mobile:hour': 1,
  'allowance:mobile:day': 1,
  'allowance:range:hour': 1,
  'allowance:service:day': 1,
};
export const CODE = { 'code:REGISTER': 1 };

/** The outcome, which must come in time. */
export async function timed(outcome: Promise<Outcome>): Promise<Outcome> {
  const startedMs = performance.now();
  const result = await outcome;
  expect(performance.now() - startedMs).toBeLessThan(ANSWERS_WITHIN_MS);
  return result;
}

/** Asks until the service has found its way back; every answer before that must be the typed refusal. */
export async function healed(ask: () => Promise<Outcome>, type: string): Promise<void> {
  await eventually(async () => {
    const outcome = await ask();
    if (outcome.__typename === type) return true;
    expectType(outcome, 'ServiceUnavailableError');
    return false;
  });
}

interface Server {
  readonly pid: number;
  resume(): Promise<void>;
  restart(): Promise<void>;
}

/** Lets a server answer again, whatever a test did to it. */
export async function revive(server: Server): Promise<void> {
  await (isRunning(server) ? server.resume() : server.restart());
}

function isRunning(server: Server): boolean {
  try {
    return server.pid > 0;
  } catch {
    return false;
  }
}

/** Status and body of /readyz. */
export async function readiness({ url }: TestApp): Promise<[number, unknown]> {
  const response = await fetch(`${url}/readyz`);
  return [response.status, await response.json()];
}

export const ready = [200, { status: 'ready', redis: 'up', postgresql: 'up', sms_gateway: 'closed' }];

export function unready(down: 'redis' | 'postgresql') {
  return [
    503,
    { status: 'unavailable', redis: 'up', postgresql: 'up', sms_gateway: 'closed', [down]: 'down' },
  ];
}

/** One value of /metrics. */
export async function metric({ url }: TestApp, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
}

/** A code that was sent to a mobile. */
export async function sendCode(app: TestApp, mobile: string, purpose?: Purpose): Promise<string> {
  expectType(await app.api.requestWithCaptcha(mobile, purpose), 'SmsCodeSent');
  return app.gateway.lastCode;
}

/** A token for a mobile. */
export async function prove(app: TestApp, mobile: string, purpose?: Purpose): Promise<string> {
  const verified = await app.api.verifySmsCode(mobile, await sendCode(app, mobile, purpose), purpose);
  return String(expectType(verified, 'MobileVerified').verificationToken);
}
