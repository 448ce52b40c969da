// The events in the log: one line each, enough to follow one mobile, and without secrets.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventNames, events, logText } from '../support/audit-log.ts';
import { withTestApp } from '../support/test-app.ts';
import { MESSAGE_ID, rejection } from '../support/test-gateway.ts';
import { masked } from '../support/verification.ts';

describe('the audit log', () => {
  const app = withTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });
  let mobile: string;
  beforeEach(() => {
    mobile = freshMobile();
  });

  const guess = (code = 'wrong') => app.api.verifySmsCode(mobile, code);

  it('records every step of a registration under one hash of the mobile', async () => {
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    await guess();
    const { verificationToken } = await guess(app.gateway.lastCode);
    const { user } = (await app.api.registerUser(verificationToken)) as { user?: { id: string } };

    expect(eventNames(app)).toEqual([
      'captcha_issued',
      'captcha_redeemed',
      'guard_decision',
      'code_requested',
      'code_sent',
      'verify_failed',
      'verify_ok',
      'user_registered',
    ]);
    const ofTheMobile = events(app).slice(2);
    expect(ofTheMobile[0]?.mobileHash).toMatch(/^[\w-]{22}$/);
    expect(new Set(ofTheMobile.map(({ mobileHash }) => mobileHash)).size).toBe(1);
    for (const line of events(app))
      expect(line).toMatchObject({ level: 'info', client_ip: '127.0.0.1', requestId: expect.any(String) });
    for (const line of ofTheMobile) expect(line.mobile).toBe(masked(mobile));
    const [, redeemed, decision, requested, sent, failed, ok, registered] = events(app);
    expect(redeemed).toMatchObject({ outcome: 'correct' });
    const levels = { openHour: 0, lineHour: 20, openDay: 0, lineDay: 60 };
    expect(decision).toMatchObject({ mode: 'observe', lane: 'new.unproven', decision: 'passed', ...levels });
    expect(requested).toMatchObject({ purpose: 'REGISTER' });
    expect(sent).toMatchObject({ messageId: MESSAGE_ID });
    expect(failed).toMatchObject({ reason: 'code_mismatch' });
    expect(ok).toMatchObject({ purpose: 'REGISTER' });
    expect(user?.id).toMatch(/./);
    expect(registered).toMatchObject({ userId: user?.id });
  });

  it('records why an SMS was not sent', async () => {
    app.gateway.answer = rejection('160042');
    await app.api.requestWithCaptcha(mobile);
    expect(events(app).at(-1)).toMatchObject({
      event: 'code_not_sent',
      outcome: 'rejected',
      reason: expect.stringMatching(/160042/),
    });
  });

  it('records a fault of the account as an error', async () => {
    app.gateway.answer = rejection('160014');
    await app.api.requestWithCaptcha(mobile);
    expect(events(app).at(-1)).toMatchObject({ event: 'code_not_sent', cause: 'account', level: 'error' });
  });

  it('records an SMS that may have been sent', async () => {
    app.gateway.answer = rejection('160050');
    await app.api.requestWithCaptcha(mobile);
    expect(events(app).at(-1)).toMatchObject({
      event: 'code_not_sent',
      outcome: 'unknown',
      reason: expect.stringMatching(/160050/),
    });
  });

  it('records a code that has expired', async () => {
    expectType(await guess(), 'SmsCodeExpiredError');
    expect(events(app)).toEqual([
      expect.objectContaining({ event: 'verify_failed', reason: 'code_expired', mobile: masked(mobile) }),
    ]);
  });

  it('records a captcha that was answered wrong or too late, without its answer', async () => {
    const captcha = await app.api.readCaptcha();
    await app.api.requestSmsCode({ mobile, ...captcha, captchaAnswer: 'none' });
    await app.api.requestSmsCode({ mobile, ...captcha });
    expect(events(app).map(({ event, outcome }) => [event, outcome])).toEqual([
      ['captcha_issued', undefined],
      ['captcha_redeemed', 'mismatch'],
      ['captcha_redeemed', 'expired'],
    ]);
    expect(logText(app)).not.toContain(captcha.captchaAnswer);
  });
});

describe('the audit log under low limits', () => {
  const app = withTestApp({
    settings: {
      SMS_PER_ADDRESS_PER_HOUR: '2',
      VERIFY_PER_ADDRESS_PER_HOUR: '11',
      SMS_RESEND_GAP_SECONDS: '0',
    },
  });

  it('records a locked verification and every exceeded rate limit', async () => {
    const mobile = freshMobile();
    const guess = () => app.api.verifySmsCode(mobile, 'wrong');
    for (let codes = 0; codes < 2; codes += 1) {
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      for (let guesses = 0; guesses < 5; guesses += 1) await guess();
    }
    app.log.length = 0;
    expectType(await guess(), 'TooManyRequestsError');
    expectType(await guess(), 'TooManyRequestsError');
    await app.api.requestWithCaptcha(mobile);
    expect(events(app).map(({ event, scope }) => [event, scope])).toEqual([
      ['verification_locked', undefined],
      ['rate_limit_exceeded', 'ADDRESS'],
      ['captcha_issued', undefined],
      ['rate_limit_exceeded', 'ADDRESS'],
    ]);
  });
});
