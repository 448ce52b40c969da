// The limits of verifySmsCode: attempts at a code, the lockout of a mobile, and the rate limit of an address.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, zh } from '../support/api.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { receiveCode, wrongCode } from '../support/verification.ts';

describe('verifySmsCode', () => {
  const app = withTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });
  let mobile: string;
  beforeEach(() => {
    mobile = freshMobile();
  });

  const guess = () => app.api.verifySmsCode(mobile, 'wrong');

  it('counts down the attempts, and rejects the correct code after five wrong ones', async () => {
    const code = await receiveCode(app, mobile);
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      const wrong = attemptsRemaining === 2 ? 'abc' : wrongCode(code, attemptsRemaining + 1);
      expect(await app.api.verifySmsCode(mobile, wrong, undefined, zh)).toEqual({
        __typename: 'SmsCodeMismatchError',
        message: '短信验证码错误',
        attemptsRemaining,
      });
    }
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
    const next = await receiveCode(app, mobile);
    expect(next).not.toBe(code);
    expectType(await app.api.verifySmsCode(mobile, next), 'MobileVerified');
  });

  it('does not reset the attempts on a resend, which carries the same code', async () => {
    const code = await receiveCode(app, mobile);
    expect(await app.api.verifySmsCode(mobile, wrongCode(code))).toMatchObject({ attemptsRemaining: 4 });
    expect(await receiveCode(app, mobile)).toBe(code);
    expect(await app.api.verifySmsCode(mobile, wrongCode(code))).toMatchObject({ attemptsRemaining: 3 });
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
  });

  it('compares at most five of 200 concurrent wrong codes', async () => {
    const code = await receiveCode(app, mobile);
    const guesses = Array.from({ length: 200 }, (_, index) =>
      app.api.verifySmsCode(mobile, wrongCode(code, index + 1)),
    );
    expect(countTypes(await Promise.all(guesses))).toEqual({
      SmsCodeMismatchError: 5,
      SmsCodeExpiredError: 195,
    });
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
  });

  it('locks the verification of a mobile for an hour after ten failures, across codes', async () => {
    for (let codes = 0; codes < 2; codes += 1) {
      await receiveCode(app, mobile);
      for (let guesses = 0; guesses < 5; guesses += 1) expectType(await guess(), 'SmsCodeMismatchError');
    }
    const code = await receiveCode(app, mobile);
    for (const outcome of [await guess(), await app.api.verifySmsCode(mobile, code)]) {
      expect(outcome).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'MOBILE' });
      expect(outcome.retryAfterSeconds).toBeGreaterThan(3580);
    }
  });

  it('never blocks SMS to a mobile because of wrong codes or wrong captcha answers', async () => {
    for (let guesses = 0; guesses < 30; guesses += 1) expectType(await guess(), 'SmsCodeExpiredError');
    for (let tries = 0; tries < 20; tries += 1) {
      const captcha = await app.api.readCaptcha();
      const wrong = await app.api.requestSmsCode({ mobile, ...captcha, captchaAnswer: 'none' });
      expectType(wrong, 'CaptchaMismatchError');
    }
    expectType(await app.api.verifySmsCode(mobile, await receiveCode(app, mobile)), 'MobileVerified');
    await receiveCode(app, mobile);
    for (let guesses = 0; guesses < 5; guesses += 1) await guess();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
  });

  it('accepts the code from the owner of a mobile when another person requested the SMS again', async () => {
    const code = await receiveCode(app, mobile);
    expect(await receiveCode(app, mobile)).toBe(code);
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
  });
});

describe('the rate limit of verifySmsCode for an address', () => {
  it('does not count an invalid mobile', async () => {
    await usingTestApp({ settings: { VERIFY_PER_ADDRESS_PER_HOUR: '1' } }, async (app) => {
      for (let tries = 0; tries < 3; tries += 1)
        expectType(await app.api.verifySmsCode('12', '123456'), 'InvalidMobileError');
      expectType(await app.api.verifySmsCode(freshMobile(), '123456'), 'SmsCodeExpiredError');
      expectType(await app.api.verifySmsCode(freshMobile(), '123456'), 'TooManyRequestsError');
    });
  });

  it('counts every code, correct or wrong', async () => {
    await usingTestApp({ settings: { VERIFY_PER_ADDRESS_PER_HOUR: '3' } }, async (app) => {
      const mobile = freshMobile();
      const code = await receiveCode(app, mobile);
      expectType(await app.api.verifySmsCode(freshMobile(), '123456'), 'SmsCodeExpiredError');
      expectType(await app.api.verifySmsCode(mobile, wrongCode(code)), 'SmsCodeMismatchError');
      expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
      const exceeded = await app.api.verifySmsCode(freshMobile(), '123456');
      expect(exceeded).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
      expect(exceeded.retryAfterSeconds).toBeGreaterThan(3590);
    });
  });
});
