// The rate limits of requestSmsCode: of a mobile, an address, a number range and the service.

import { describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, zh } from '../support/api.ts';
import { captchaKey } from '../support/redis-keys.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { registerMobile } from '../support/users.ts';
import { newSmsRequest, plantCaptcha } from '../support/verification.ts';

describe('the cooldown of a mobile', () => {
  const app = withTestApp();

  it('rejects a second SMS within a minute, for either purpose, and says when to retry', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const exceeded = await app.api.requestWithCaptcha(mobile, undefined, zh);
    expectType(exceeded, 'TooManyRequestsError');
    expect(exceeded).toMatchObject({ message: '请求过于频繁', scope: 'MOBILE' });
    expect(exceeded.retryAfterSeconds).toBeGreaterThan(55);
    expect(exceeded.retryAfterSeconds).toBeLessThanOrEqual(60);
    await registerMobile(app, mobile);
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'TooManyRequestsError');
  });

  it('lets one of 50 concurrent requests with 50 solved captchas send an SMS', async () => {
    const mobile = freshMobile();
    const captchas = await Promise.all(Array.from({ length: 50 }, () => plantCaptcha(app)));
    const outcomes = await Promise.all(
      captchas.map((captcha) => app.api.requestSmsCode({ mobile, ...captcha })),
    );
    expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 1, TooManyRequestsError: 49 });
    expect(app.gateway.requests).toHaveLength(1);
  });
});

describe('requestSmsCode under low limits', () => {
  const app = withTestApp({
    settings: {
      SMS_RESEND_GAP_SECONDS: '0',
      SMS_PER_MOBILE_PER_HOUR: '3',
      SMS_PER_ADDRESS_PER_HOUR: '8',
      SMS_PER_DAY: '5',
    },
  });

  it('resends a code while it is valid, and reports the scope of each exceeded limit', async () => {
    const [first, second] = [freshMobile(), freshMobile()];
    for (let sent = 0; sent < 3; sent += 1)
      expectType(await app.api.requestWithCaptcha(first), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(3);
    expect(new Set(app.gateway.requests.map(({ code }) => code)).size).toBe(1);

    const perMobile = expectType(await app.api.requestWithCaptcha(first), 'TooManyRequestsError');
    expect(perMobile).toMatchObject({ scope: 'MOBILE' });
    expect(perMobile.retryAfterSeconds).toBeGreaterThan(3590);

    for (let sent = 0; sent < 2; sent += 1)
      expectType(await app.api.requestWithCaptcha(second), 'SmsCodeSent');
    expect(await app.api.requestWithCaptcha(second)).toMatchObject({ scope: 'SERVICE' });
    expectType(await app.api.requestWithCaptcha(second), 'TooManyRequestsError');

    const unredeemed = await newSmsRequest(app, { mobile: second });
    expect(await app.api.requestSmsCode(unredeemed)).toMatchObject({ scope: 'ADDRESS' });
    expect(await app.redis.get(captchaKey(unredeemed.captchaId))).toBe(unredeemed.captchaAnswer);
    expect(app.gateway.requests).toHaveLength(5);
  });
});

describe('the rate limit of a number range', () => {
  it('counts SMS whose code is not verified, and releases one that is', async () => {
    const settings = { SMS_PER_RANGE_PER_HOUR: '2', SMS_RESEND_GAP_SECONDS: '0' };
    await usingTestApp({ settings }, async (app) => {
      const [first, second, third] = ['13911110001', '13911110002', '13911119999'] as const;
      for (const mobile of [first, second])
        expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      const code = app.gateway.lastCode;
      const exceeded = await app.api.requestWithCaptcha(third, undefined, zh);
      expectType(exceeded, 'TooManyRequestsError');
      expect(exceeded).toMatchObject({ scope: 'SERVICE', message: '请求过于频繁' });
      expect(exceeded.retryAfterSeconds).toBeGreaterThan(3580);
      expectType(await app.api.requestWithCaptcha('13911120001'), 'SmsCodeSent');

      expectType(await app.api.verifySmsCode(second, code), 'MobileVerified');
      expectType(await app.api.requestWithCaptcha(third), 'SmsCodeSent');
      expectType(await app.api.requestWithCaptcha(first), 'TooManyRequestsError');
    });
  });
});
