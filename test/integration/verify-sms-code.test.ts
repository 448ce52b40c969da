// verifySmsCode over HTTP: every outcome, in both languages, and the races.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile } from '../support/api.ts';
import { dump } from '../support/keyspace.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { success } from '../support/test-gateway.ts';
import { readToken } from '../support/test-tokens.ts';
import { registerMobile, removeMobile } from '../support/users.ts';

const zh = { 'accept-language': 'zh-CN' };
const JTI = /^[\w-]{22}$/;

describe('verifySmsCode', () => {
  let app: TestApp;
  let mobile: string;
  beforeAll(async () => {
    app = await startTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    app.gateway.answer = success;
    app.gateway.requests.length = 0;
    mobile = freshMobile();
  });

  /** Asks for a text and reads it. */
  async function receiveCode(purpose?: 'REGISTER' | 'LOGIN'): Promise<string> {
    expectType(await app.api.requestWithCaptcha(mobile, purpose), 'SmsCodeSent');
    return app.gateway.lastCode;
  }

  /** A code that is wrong, as many as wanted. */
  const wrong = (code: string, by = 1) => String((Number(code) + by) % 1_000_000).padStart(6, '0');

  it('gives a token for the code that was sent, once', async () => {
    const code = await receiveCode();
    const verified = expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    expect(verified.expiresInSeconds).toBe(600);
    const { header, claims } = readToken(verified.verificationToken);
    const [key] = (
      (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as { keys: { kid: string }[] }
    ).keys;
    expect(header).toEqual({ alg: 'ES256', typ: 'mobile-verification+jwt', kid: key?.kid });
    expect(claims).toEqual({
      iss: 'yanzheng',
      aud: 'yanzheng',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 600,
      jti: expect.stringMatching(JTI),
      purpose: 'REGISTER',
      mobile: `+86${mobile}`,
    });
    expect(Math.abs(Number(claims.iat) - Date.now() / 1000)).toBeLessThan(3);
    expect(await app.api.verifySmsCode(mobile, code, undefined, zh)).toEqual({
      __typename: 'SmsCodeExpiredError',
      message: '短信验证码失效',
    });
  });

  it('names the user in the token of a login', async () => {
    const id = await registerMobile(app, mobile);
    const code = await receiveCode('LOGIN');
    const verified = expectType(await app.api.verifySmsCode(mobile, code, 'LOGIN'), 'MobileVerified');
    expect(readToken(verified.verificationToken).claims).toMatchObject({ purpose: 'LOGIN', sub: id });
  });

  it('gives no token for a login once the user is gone', async () => {
    await registerMobile(app, mobile);
    const code = await receiveCode('LOGIN');
    await removeMobile(app, mobile);
    expectType(await app.api.verifySmsCode(mobile, code, 'LOGIN'), 'SmsCodeMismatchError');
  });

  it('takes the code in full width and with spaces around it, and the mobile however it is written', async () => {
    const code = await receiveCode();
    const typed = `　 ${code.replace(/\d/g, (digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0))}\t`;
    expectType(await app.api.verifySmsCode(`+86 ${mobile}`, typed), 'MobileVerified');
  });

  it('keeps the zeros in front of a code', async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      mobile = freshMobile();
      const code = await receiveCode();
      if (!code.startsWith('0')) continue;
      expectType(await app.api.verifySmsCode(mobile, String(Number(code))), 'SmsCodeMismatchError');
      expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
      return;
    }
    throw new Error('no code began with a zero');
  });

  it('names the fields that are empty, and counts nothing', async () => {
    const code = await receiveCode();
    expect(await app.api.verifySmsCode(mobile, ' \u3000', undefined, zh)).toEqual({
      __typename: 'IncompleteInputError',
      message: '参数不完整',
      missingFields: ['code'],
    });
    expectType(await app.api.verifySmsCode('02112345678', code), 'InvalidMobileError');
    expect(await app.api.verifySmsCode(mobile, wrong(code))).toMatchObject({ attemptsRemaining: 4 });
  });

  it('counts down the attempts, and after the fifth wrong one the right code fails too', async () => {
    const code = await receiveCode();
    for (const attemptsRemaining of [4, 3, 2, 1, 0]) {
      const guess = attemptsRemaining === 2 ? 'abc' : wrong(code, attemptsRemaining + 1);
      expect(await app.api.verifySmsCode(mobile, guess, undefined, zh)).toEqual({
        __typename: 'SmsCodeMismatchError',
        message: '短信验证码错误',
        attemptsRemaining,
      });
    }
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
    const next = await receiveCode();
    expect(next).not.toBe(code);
    expectType(await app.api.verifySmsCode(mobile, next), 'MobileVerified');
  });

  it('does not give attempts back for a resend, which carries the same code', async () => {
    const code = await receiveCode();
    expect(await app.api.verifySmsCode(mobile, wrong(code))).toMatchObject({ attemptsRemaining: 4 });
    expect(await receiveCode()).toBe(code);
    expect(await app.api.verifySmsCode(mobile, wrong(code))).toMatchObject({ attemptsRemaining: 3 });
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
  });

  it('answers alike for a code never requested, one that expired, and one for the other purpose', async () => {
    const never = await app.api.verifySmsCode(mobile, '000000');
    const code = await receiveCode();
    const otherPurpose = await app.api.verifySmsCode(mobile, code, 'LOGIN');
    for (const key of await app.redis.keys('{sms}:code:*')) await app.redis.pexpire(key, 0);
    const expired = await app.api.verifySmsCode(mobile, code);
    expect(never).toEqual({
      __typename: 'SmsCodeExpiredError',
      message: 'The code has expired. Please ask for a new one.',
    });
    expect([otherPurpose, expired]).toEqual([never, never]);
  });

  it('compares at most five of 200 wrong guesses at once', async () => {
    const code = await receiveCode();
    const guesses = Array.from({ length: 200 }, (_, index) =>
      app.api.verifySmsCode(mobile, wrong(code, index + 1)),
    );
    expect(countTypes(await Promise.all(guesses))).toEqual({
      SmsCodeMismatchError: 5,
      SmsCodeExpiredError: 195,
    });
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
  });

  it('gives one of 50 right codes at once the token', async () => {
    const code = await receiveCode();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.verifySmsCode(mobile, code)));
    expect(countTypes(outcomes)).toEqual({ MobileVerified: 1, SmsCodeExpiredError: 49 });
  });

  it('works for a code that arrived after all', async () => {
    app.gateway.answer = (response) => response.destroy();
    expect(await app.api.requestWithCaptcha(mobile)).toMatchObject({ mayStillArrive: true });
    expectType(await app.api.verifySmsCode(mobile, app.gateway.lastCode), 'MobileVerified');
  });

  it('leaves neither a code nor a mobile nor a token in Redis', async () => {
    const code = await receiveCode();
    await app.api.verifySmsCode(mobile, wrong(code));
    const before = await dump(app.redis);
    const { verificationToken } = await app.api.verifySmsCode(mobile, code);
    await app.api.registerUser(verificationToken);
    const everything = before + (await dump(app.redis));
    expect(everything).toContain('{sms}:failures:REGISTER:');
    expect(everything).toContain(String(readToken(verificationToken).claims.jti));
    for (const secret of [mobile, mobile.slice(3), String(verificationToken).split('.')[2]])
      expect(everything).not.toContain(secret);
    expect(everything).not.toMatch(new RegExp(`(?<!\\d)${code}(?!\\d)`));
  });

  it('never lets a code or a token into the log', async () => {
    const code = await receiveCode();
    await app.api.verifySmsCode(mobile, wrong(code));
    const { verificationToken } = await app.api.verifySmsCode(mobile, code);
    const everything = app.log.join('\n');
    expect(everything).not.toMatch(new RegExp(`(?<!\\d)(${code}|${wrong(code)})(?!\\d)`));
    expect(everything).not.toContain(String(verificationToken).split('.')[2]);
    expect(everything).not.toContain(mobile);
  });
});

describe('what a stranger can do to the mobile of somebody else', () => {
  let app: TestApp;
  let mobile: string;
  beforeAll(async () => {
    app = await startTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    mobile = freshMobile();
  });
  const request = async () => {
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    return app.gateway.lastCode;
  };
  const guess = () => app.api.verifySmsCode(mobile, 'wrong');

  it('guesses ten times in an hour, however many codes there are, and no longer then', async () => {
    for (let codes = 0; codes < 2; codes += 1) {
      await request();
      for (let guesses = 0; guesses < 5; guesses += 1) expectType(await guess(), 'SmsCodeMismatchError');
    }
    const code = await request();
    for (const outcome of [await guess(), await app.api.verifySmsCode(mobile, code)]) {
      expect(outcome).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'MOBILE' });
      expect(outcome.retryAfterSeconds).toBeGreaterThan(3580);
    }
  });

  it('cannot keep its owner from asking for a text, by guesses or by unread captchas', async () => {
    for (let guesses = 0; guesses < 30; guesses += 1) expectType(await guess(), 'SmsCodeExpiredError');
    for (let tries = 0; tries < 20; tries += 1) {
      const captcha = await app.api.readCaptcha();
      await app.api.requestSmsCode({ mobile, ...captcha, captchaAnswer: 'none' });
    }
    expectType(await app.api.verifySmsCode(mobile, await request()), 'MobileVerified');
    await request();
    for (let guesses = 0; guesses < 5; guesses += 1) await guess();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
  });

  it('who asks for a text sends its owner a code that is good for the owner too', async () => {
    const code = await request();
    expect(await request()).toBe(code);
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
  });
});

describe('verifySmsCode from one address', () => {
  it('spends none of its room on what is no mobile', async () => {
    const app = await startTestApp({ settings: { VERIFY_PER_ADDRESS_PER_HOUR: '1' } });
    try {
      for (let tries = 0; tries < 3; tries += 1)
        expectType(await app.api.verifySmsCode('12', '123456'), 'InvalidMobileError');
      expectType(await app.api.verifySmsCode(freshMobile(), '123456'), 'SmsCodeExpiredError');
    } finally {
      await app.stop();
    }
  });

  it('has room for so many in an hour, right or wrong', async () => {
    const app = await startTestApp({ settings: { VERIFY_PER_ADDRESS_PER_HOUR: '3' } });
    try {
      for (let tries = 0; tries < 3; tries += 1)
        expectType(await app.api.verifySmsCode(freshMobile(), '123456'), 'SmsCodeExpiredError');
      const outcome = await app.api.verifySmsCode(freshMobile(), '123456');
      expect(outcome).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
      expect(outcome.retryAfterSeconds).toBeGreaterThan(3590);
    } finally {
      await app.stop();
    }
  });
});
