// requestSmsCode over HTTP: input, captcha and the state of the mobile, in both languages.

import { describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, zh } from '../support/api.ts';
import { withTestApp } from '../support/test-app.ts';
import { registerMobile } from '../support/users.ts';
import { fullWidth, masked, newSmsRequest } from '../support/verification.ts';

describe('requestSmsCode', () => {
  const app = withTestApp();

  it('sends a six-digit code, and returns the masked mobile, the lifetime and the cooldown', async () => {
    const mobile = freshMobile();
    expect(await app.api.requestWithCaptcha(mobile)).toEqual({
      __typename: 'SmsCodeSent',
      mobile: masked(mobile),
      codeLength: 6,
      expiresInSeconds: 300,
      resendAfterSeconds: 60,
    });
    expect(app.gateway.requests).toHaveLength(1);
    expect(app.gateway.requests[0]).toMatchObject({
      to: mobile,
      code: expect.stringMatching(/^\d{6}$/),
      minutes: '5',
    });
  });

  it('accepts every spelling of a number as the same mobile', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(`+86 ${mobile}`), 'SmsCodeSent');
    for (const spelling of [mobile, `0086${mobile}`, `86-${mobile}`, fullWidth(mobile)]) {
      expectType(await app.api.requestWithCaptcha(spelling), 'TooManyRequestsError');
    }
  });

  it('names the empty fields, and does not redeem the captcha', async () => {
    const captcha = await app.api.readCaptcha();
    const input = { mobile: ' \u3000', ...captcha, captchaAnswer: '' };
    expect(await app.api.requestSmsCode(input)).toEqual({
      __typename: 'IncompleteInputError',
      message: 'Please fill in every field.',
      missingFields: ['mobile', 'captchaAnswer'],
    });
    expect((await app.api.requestSmsCode(input, zh)).message).toBe('参数不完整');
    expectType(await app.api.requestSmsCode({ ...captcha, mobile: freshMobile() }), 'SmsCodeSent');
  });

  it('rejects a number that is not a mainland mobile, and does not redeem the captcha', async () => {
    const captcha = await app.api.readCaptcha();
    for (const mobile of [
      '02112345678',
      '12800138000',
      '+1 202 555 0123',
      'mobile',
      '13800138000\n',
      '1'.repeat(200),
    ]) {
      const outcome = await app.api.requestSmsCode({ mobile, ...captcha }, zh);
      expect(outcome).toEqual({ __typename: 'InvalidMobileError', message: '手机号格式错误' });
    }
    expectType(await app.api.requestSmsCode({ ...captcha, mobile: freshMobile() }), 'SmsCodeSent');
  });

  it('rejects an unknown captcha, whatever the answer is', async () => {
    for (const captchaAnswer of ['ABCD', 'null', 'undefined']) {
      const input = { mobile: freshMobile(), captchaId: 'unknown-captcha', captchaAnswer };
      expect(await app.api.requestSmsCode(input)).toEqual({
        __typename: 'CaptchaExpiredError',
        message: 'The captcha has expired. Please answer a new one.',
      });
      expect((await app.api.requestSmsCode(input, zh)).message).toBe('验证码失效');
    }
  });

  it('redeems a captcha with a wrong answer too', async () => {
    const request = await newSmsRequest(app);
    expect(await app.api.requestSmsCode({ ...request, captchaAnswer: '----' }, zh)).toEqual({
      __typename: 'CaptchaMismatchError',
      message: '图片验证码错误',
    });
    expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it('accepts a captcha answer in any case, in full width and with surrounding spaces', async () => {
    const request = await newSmsRequest(app);
    const captchaAnswer = ` ${fullWidth(request.captchaAnswer.toLowerCase())} `;
    expectType(await app.api.requestSmsCode({ ...request, captchaAnswer }), 'SmsCodeSent');
  });

  it('redeems a captcha for one of 50 concurrent requests', async () => {
    const captcha = await app.api.readCaptcha();
    const requests = Array.from({ length: 50 }, () =>
      app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }),
    );
    expect(countTypes(await Promise.all(requests))).toEqual({ SmsCodeSent: 1, CaptchaExpiredError: 49 });
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('rejects the registration of a registered mobile, after it has redeemed the captcha', async () => {
    const request = await newSmsRequest(app);
    await registerMobile(app, request.mobile);
    expect(await app.api.requestSmsCode(request, zh)).toEqual({
      __typename: 'MobileAlreadyRegisteredError',
      message: '手机号已注册',
    });
    expectType(await app.api.requestSmsCode({ ...request, mobile: freshMobile() }), 'CaptchaExpiredError');
    expectType(await app.api.requestWithCaptcha(request.mobile, 'LOGIN'), 'SmsCodeSent');
  });

  it('rejects the login of an unregistered mobile', async () => {
    expect(await app.api.requestWithCaptcha(freshMobile(), 'LOGIN', zh)).toEqual({
      __typename: 'MobileNotRegisteredError',
      message: '手机号未注册',
    });
  });
});
