// What an operator reads: one line for each event, enough to follow one number, never a secret.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { refusal, success } from '../support/test-gateway.ts';

describe('the log', () => {
  let app: TestApp;
  let mobile: string;
  beforeAll(async () => {
    app = await startTestApp({
      settings: {
        SMS_PER_ADDRESS_PER_HOUR: '6',
        VERIFY_PER_ADDRESS_PER_HOUR: '13',
        SMS_RESEND_GAP_SECONDS: '0',
      },
    });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    mobile = freshMobile();
    app.log.length = 0;
    app.gateway.answer = success;
  });

  type Line = Record<string, unknown>;
  const events = (): Line[] =>
    app.log.map((line) => JSON.parse(line) as Line).filter(({ event }) => event !== undefined);
  const names = () => events().map(({ event }) => event);
  const guess = (code = 'wrong') => app.api.verifySmsCode(mobile, code);

  it('tells the whole way of a mobile, under one hash', async () => {
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    await guess();
    const { verificationToken } = await guess(app.gateway.lastCode);
    const { user } = (await app.api.registerUser(verificationToken)) as { user?: { id: string } };

    expect(names()).toEqual([
      'captcha_issued',
      'captcha_taken',
      'code_requested',
      'code_sent',
      'verify_failed',
      'verify_ok',
      'user_registered',
    ]);
    const ofTheMobile = events().slice(2);
    expect(new Set(ofTheMobile.map(({ mobileHash }) => mobileHash)).size).toBe(1);
    for (const line of events())
      expect(line).toMatchObject({ level: 'info', client: '127.0.0.1', requestId: expect.any(String) });
    for (const line of ofTheMobile) expect(line.mobile).toBe(`${mobile.slice(0, 3)}****${mobile.slice(7)}`);
    const [, taken, requested, sent, failed, ok, registered] = events();
    expect(taken).toMatchObject({ outcome: 'right' });
    expect(requested).toMatchObject({ purpose: 'REGISTER' });
    expect(sent).toMatchObject({ messageId: '3f2c9d0a5b7e4c1d8e6f00112233aabb' });
    expect(failed).toMatchObject({ reason: 'SmsCodeMismatchError' });
    expect(ok).toMatchObject({ purpose: 'REGISTER' });
    expect(registered).toMatchObject({ userId: user?.id });
  });

  it('tells what was not sent, and why', async () => {
    app.gateway.answer = refusal('160042');
    await app.api.requestWithCaptcha(mobile);
    expect(events().at(-1)).toMatchObject({ event: 'code_not_sent', outcome: 'notSent', reason: /160042/ });
  });

  it('tells of a captcha answered wrongly or too late', async () => {
    const captcha = await app.api.readCaptcha();
    await app.api.requestSmsCode({ mobile, ...captcha, captchaAnswer: 'none' });
    await app.api.requestSmsCode({ mobile, ...captcha });
    expect(events().map(({ outcome }) => outcome)).toEqual([
      undefined,
      'CaptchaMismatchError',
      'CaptchaExpiredError',
    ]);
    expect(JSON.stringify(events())).not.toContain(captcha.captchaAnswer);
  });

  it('tells of a mobile that is stopped, and of every allowance that is used up', async () => {
    for (let codes = 0; codes < 2; codes += 1) {
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      for (let guesses = 0; guesses < 5; guesses += 1) await guess();
    }
    app.log.length = 0;
    expectType(await guess(), 'TooManyRequestsError');
    expectType(await guess(), 'TooManyRequestsError');
    await app.api.requestWithCaptcha(mobile);
    expect(events().map(({ event, scope }) => [event, scope])).toEqual([
      ['verify_stopped', undefined],
      ['allowance_refused', 'ADDRESS'],
      ['captcha_issued', undefined],
      ['allowance_refused', 'ADDRESS'],
    ]);
  });
});
