// requestSmsCode over HTTP: every outcome, in both languages, in the order of the rules.

import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { countTypes, expectType, freshMobile } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { json, refusal, reset, silence, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';

const hash = createKeyedHash(createSecretKey(Buffer.from('a secret of the tests, 32 bytes and more')));
const zh = { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.8' };

describe('requestSmsCode', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    app.gateway.answer = success;
    app.gateway.requests.length = 0;
  });

  const register = (mobile: string) => registerMobile(app, mobile);

  /** How many live codes the mobile has. */
  const codesOf = (mobile: string) =>
    app.redis.exists(`{sms}:code:REGISTER:${hash('mobile', `+86${mobile}`)}`);

  it('sends a six-digit code and tells where, how long, and when again', async () => {
    const mobile = freshMobile();
    expect(await app.api.requestWithCaptcha(mobile)).toEqual({
      __typename: 'SmsCodeSent',
      mobile: `${mobile.slice(0, 3)}****${mobile.slice(7)}`,
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

  it('takes every way of writing a number as the same mobile', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(`+86 ${mobile}`), 'SmsCodeSent');
    for (const typed of [mobile, `0086${mobile}`, `86-${mobile}`, mobile.replace(/\d/g, wide)]) {
      expectType(await app.api.requestWithCaptcha(typed), 'TooManyRequestsError');
    }
  });

  it('names the fields that are empty, and spends nothing', async () => {
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

  it('refuses what is no mainland mobile, and spends nothing', async () => {
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

  it('refuses an unknown captcha, whatever the answer', async () => {
    for (const captchaAnswer of ['ABCD', 'null', 'undefined']) {
      const input = { mobile: freshMobile(), captchaId: 'nobody-has-this', captchaAnswer };
      expect(await app.api.requestSmsCode(input)).toEqual({
        __typename: 'CaptchaExpiredError',
        message: 'The captcha has expired. Please answer a new one.',
      });
      expect((await app.api.requestSmsCode(input, zh)).message).toBe('验证码失效');
    }
  });

  it('spends a captcha on a wrong answer too', async () => {
    const captcha = await app.api.readCaptcha();
    const mobile = freshMobile();
    expect(await app.api.requestSmsCode({ mobile, ...captcha, captchaAnswer: '----' }, zh)).toEqual({
      __typename: 'CaptchaMismatchError',
      message: '图片验证码错误',
    });
    expectType(await app.api.requestSmsCode({ mobile, ...captcha }), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it('takes an answer in any case, in full width, with spaces around it', async () => {
    const captcha = await app.api.readCaptcha();
    const typed = ` ${captcha.captchaAnswer.toLowerCase().replace(/[a-z0-9]/g, wide)} `;
    expectType(
      await app.api.requestSmsCode({ ...captcha, mobile: freshMobile(), captchaAnswer: typed }),
      'SmsCodeSent',
    );
  });

  it('lets one of 50 requests at once use a captcha', async () => {
    const captcha = await app.api.readCaptcha();
    const requests = Array.from({ length: 50 }, () =>
      app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }),
    );
    expect(countTypes(await Promise.all(requests))).toEqual({ SmsCodeSent: 1, CaptchaExpiredError: 49 });
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('refuses to register a mobile twice, after the captcha is spent', async () => {
    const mobile = freshMobile();
    await register(mobile);
    const captcha = await app.api.readCaptcha();
    expect(await app.api.requestSmsCode({ mobile, ...captcha }, zh)).toEqual({
      __typename: 'MobileAlreadyRegisteredError',
      message: '手机号已注册',
    });
    expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }), 'CaptchaExpiredError');
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'SmsCodeSent');
  });

  it('refuses to log in with a mobile that nobody registered', async () => {
    expect(await app.api.requestWithCaptcha(freshMobile(), 'LOGIN', zh)).toEqual({
      __typename: 'MobileNotRegisteredError',
      message: '手机号未注册',
    });
  });

  it('refuses a second text within the minute, in either purpose, and says for how long', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const outcome = expectType(
      await app.api.requestWithCaptcha(mobile, undefined, zh),
      'TooManyRequestsError',
    );
    expect(outcome).toMatchObject({ message: '请求过于频繁', scope: 'MOBILE' });
    expect(outcome.retryAfterSeconds).toBeGreaterThan(55);
    expect(outcome.retryAfterSeconds).toBeLessThanOrEqual(60);
    await register(mobile);
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'TooManyRequestsError');
  });

  it('sends one text for 50 requests at once with 50 good captchas for one mobile', async () => {
    const mobile = freshMobile();
    const captchas = await Promise.all(Array.from({ length: 50 }, () => app.api.readCaptcha()));
    const outcomes = await Promise.all(
      captchas.map((captcha) => app.api.requestSmsCode({ mobile, ...captcha })),
    );
    expect(countTypes(outcomes)).toEqual({ SmsCodeSent: 1, TooManyRequestsError: 49 });
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('gives mobile and service back when the gateway refuses: the next try goes out at once, with a new code', async () => {
    const mobile = freshMobile();
    const before = await keyspace(app);
    app.gateway.answer = refusal('160042');
    expect(await app.api.requestWithCaptcha(mobile, undefined, zh)).toEqual({
      __typename: 'SmsSendFailedError',
      message: '发送失败',
      mayStillArrive: false,
      retryAfterSeconds: 10,
    });
    expect(await keyspace(app)).toEqual(before);
    const refused = app.gateway.lastCode;
    app.gateway.answer = success;
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expect(app.gateway.lastCode).not.toBe(refused);
  });

  it.each([
    ['hangs', silence],
    ['cuts the connection', reset],
    ['answers with a code that may mean anything', refusal('160050')],
  ])('keeps code and reservation when the gateway %s', async (_name, answer) => {
    const mobile = freshMobile();
    app.gateway.answer = answer;
    expect(await app.api.requestWithCaptcha(mobile, undefined, zh)).toEqual({
      __typename: 'SmsSendFailedError',
      message: '验证码发送异常',
      mayStillArrive: true,
      retryAfterSeconds: 60,
    });
    expectType(await app.api.requestWithCaptcha(mobile), 'TooManyRequestsError');
    expect(app.gateway.requests).toHaveLength(1);
    expect(await codesOf(mobile)).toBe(1);
  });

  it('never lets a number or a code into the log, nor a key into Redis without an end', async () => {
    const mobile = freshMobile();
    app.gateway.answer = (response, { code, to }) =>
      json(response, 200, { statusCode: '160042', statusMsg: `验证码${code}，${to}` });
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsSendFailedError');
    const everything = app.log.join('\n');
    expect(everything).toContain(`${mobile.slice(0, 3)}****${mobile.slice(7)}`);
    expect(everything).not.toContain(mobile);
    expect(everything).not.toMatch(new RegExp(`(?<!\\d)${app.gateway.lastCode}(?!\\d)`));
    for (const key of await app.redis.keys('*')) expect(await app.redis.pttl(key)).toBeGreaterThan(0);
  });
});

describe('requestSmsCode with narrow allowances', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      settings: {
        SMS_RESEND_GAP_SECONDS: '0',
        SMS_PER_MOBILE_PER_HOUR: '3',
        SMS_PER_ADDRESS_PER_HOUR: '8',
        SMS_PER_DAY: '5',
      },
    });
  });
  afterAll(() => app?.stop());

  it('carries the same code again while it lives, and ends each allowance with its scope', async () => {
    const [first, second] = [freshMobile(), freshMobile()];
    for (let sent = 0; sent < 3; sent += 1)
      expectType(await app.api.requestWithCaptcha(first), 'SmsCodeSent');
    expect(new Set(app.gateway.requests.map(({ code }) => code)).size).toBe(1);

    const mobile = expectType(await app.api.requestWithCaptcha(first), 'TooManyRequestsError');
    expect(mobile).toMatchObject({ scope: 'MOBILE' });
    expect(mobile.retryAfterSeconds).toBeGreaterThan(3590);

    for (let sent = 0; sent < 2; sent += 1)
      expectType(await app.api.requestWithCaptcha(second), 'SmsCodeSent');
    expect(await app.api.requestWithCaptcha(second)).toMatchObject({ scope: 'SERVICE' });

    app.gateway.answer = success;
    const captcha = await app.api.readCaptcha();
    expectType(await app.api.requestSmsCode({ mobile: second, ...captcha }), 'TooManyRequestsError');
    const unspent = await app.api.readCaptcha();
    expect(await app.api.requestSmsCode({ mobile: second, ...unspent })).toMatchObject({ scope: 'ADDRESS' });
    expect(await app.redis.get(`captcha:${unspent.captchaId}`)).toBe(unspent.captchaAnswer);
    expect(app.gateway.requests).toHaveLength(5);
  });
});

describe('a range of numbers', () => {
  it('has room for so many texts that nobody proves, and gets back what somebody does', async () => {
    const app = await startTestApp({
      settings: { SMS_PER_RANGE_PER_HOUR: '2', SMS_RESEND_GAP_SECONDS: '0' },
    });
    try {
      const [first, second, third] = ['13911110001', '13911110002', '13911119999'] as const;
      for (const mobile of [first, second])
        expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      const code = app.gateway.lastCode;
      const refused = expectType(
        await app.api.requestWithCaptcha(third, undefined, zh),
        'TooManyRequestsError',
      );
      expect(refused).toMatchObject({ scope: 'SERVICE', message: '请求过于频繁' });
      expect(refused.retryAfterSeconds).toBeGreaterThan(3580);
      expectType(await app.api.requestWithCaptcha('13911120001'), 'SmsCodeSent');

      expectType(await app.api.verifySmsCode(second, code), 'MobileVerified');
      expectType(await app.api.requestWithCaptcha(third), 'SmsCodeSent');
      expectType(await app.api.requestWithCaptcha(first), 'TooManyRequestsError');
    } finally {
      await app.stop();
    }
  });
});

function wide(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0);
}

/** What is counted of mobiles and of the service; an address has asked, and was answered, whatever came of it. */
async function keyspace(app: TestApp): Promise<Record<string, unknown>> {
  const ofTheAddress = /^\{sms\}:(request|allowance:sms):/;
  const keys = (await app.redis.keys('{sms}*')).filter((key) => !ofTheAddress.test(key)).sort();
  const lists = keys.filter((key) => !key.includes(':code:'));
  return { keys, entries: await Promise.all(lists.map((key) => app.redis.llen(key))) };
}
