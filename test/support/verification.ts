// The first steps of a verification, for tests of the steps after them.

import { expectType, freshMobile, type Purpose, type SmsCodeRequest } from './api.ts';
import { captchaKey } from './redis-keys.ts';
import type { TestApp } from './test-app.ts';

/** A request for an SMS with a solved captcha. */
export async function newSmsRequest(
  app: TestApp,
  fields: Partial<SmsCodeRequest> = {},
): Promise<SmsCodeRequest> {
  return { mobile: freshMobile(), ...(await app.api.readCaptcha()), ...fields };
}

let lastCaptcha = 0;

/** A captcha that is put into Redis, which is faster than to ask for an image. */
export async function plantCaptcha({
  redis,
}: TestApp): Promise<{ captchaId: string; captchaAnswer: string }> {
  lastCaptcha += 1;
  const captcha = { captchaId: `planted-captcha-${lastCaptcha}`, captchaAnswer: 'ACDE' };
  await redis.set(captchaKey(captcha.captchaId), captcha.captchaAnswer, 'EX', 180);
  return captcha;
}

/** Requests an SMS; resolves to its code. */
export async function receiveCode(app: TestApp, mobile: string, purpose?: Purpose): Promise<string> {
  expectType(await app.api.requestWithCaptcha(mobile, purpose), 'SmsCodeSent');
  return app.gateway.lastCode;
}

/** Verifies a mobile; resolves to the verification token. */
export async function obtainToken(app: TestApp, mobile: string, purpose?: Purpose): Promise<string> {
  const code = await receiveCode(app, mobile, purpose);
  const verified = await app.api.verifySmsCode(mobile, code, purpose);
  return String(expectType(verified, 'MobileVerified').verificationToken);
}

/** A code that differs from `code`; each step gives another one. */
export function wrongCode(code: string, step = 1): string {
  return String((Number(code) + step) % 1_000_000).padStart(6, '0');
}

/** `138****8000`. */
export function masked(mobile: string): string {
  return `${mobile.slice(0, 3)}****${mobile.slice(7)}`;
}

/** The same characters in full width. */
export function fullWidth(text: string): string {
  return text.replace(/[!-~]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
}
