// verifySmsCode over HTTP: input, outcomes in both languages, and the token.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, type Purpose, zh } from '../support/api.ts';
import { withTestApp } from '../support/test-app.ts';
import { reset } from '../support/test-gateway.ts';
import { decodeToken } from '../support/test-tokens.ts';
import { registerMobile, removeMobile } from '../support/users.ts';
import { fullWidth, receiveCode, wrongCode } from '../support/verification.ts';

describe('verifySmsCode', () => {
  const app = withTestApp({ settings: { SMS_RESEND_GAP_SECONDS: '0' } });
  let mobile: string;
  beforeEach(() => {
    mobile = freshMobile();
  });

  const codeFor = (purpose?: Purpose) => receiveCode(app, mobile, purpose);

  it('returns a token for the code that was sent, once', async () => {
    const code = await codeFor();
    const verified = expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    expect(verified.expiresInSeconds).toBe(600);
    const { header, claims } = decodeToken(verified.verificationToken);
    const jwks = await fetch(`${app.url}/.well-known/jwks.json`);
    const { keys } = (await jwks.json()) as { keys: [{ kid: string }] };
    expect(header).toEqual({ alg: 'ES256', typ: 'mobile-verification+jwt', kid: keys[0].kid });
    expect(claims).toEqual({
      iss: 'yanzheng',
      aud: 'yanzheng',
      iat: expect.any(Number),
      exp: Number(claims.iat) + 600,
      jti: expect.stringMatching(/^[\w-]{22}$/),
      purpose: 'REGISTER',
      phone_number: `+86${mobile}`,
      phone_number_verified: true,
    });
    expect(Math.abs(Number(claims.iat) - Date.now() / 1000)).toBeLessThan(3);
    expect(await app.api.verifySmsCode(mobile, code, undefined, zh)).toEqual({
      __typename: 'SmsCodeExpiredError',
      message: '短信验证码失效',
    });
  });

  it('names the user in the token of a login', async () => {
    const id = await registerMobile(app, mobile);
    const code = await codeFor('LOGIN');
    const verified = expectType(await app.api.verifySmsCode(mobile, code, 'LOGIN'), 'MobileVerified');
    expect(decodeToken(verified.verificationToken).claims).toMatchObject({ purpose: 'LOGIN', sub: id });
  });

  it('returns no token for a login after the user was deleted', async () => {
    await registerMobile(app, mobile);
    const code = await codeFor('LOGIN');
    await removeMobile(app, mobile);
    expectType(await app.api.verifySmsCode(mobile, code, 'LOGIN'), 'SmsCodeMismatchError');
  });

  it('accepts a code in full width with surrounding spaces, and every spelling of the mobile', async () => {
    const code = await codeFor();
    expectType(await app.api.verifySmsCode(`+86 ${mobile}`, `　 ${fullWidth(code)}\t`), 'MobileVerified');
  });

  it('requires the leading zeros of a code', async () => {
    for (let tries = 0; tries < 200; tries += 1) {
      mobile = freshMobile();
      const code = await codeFor();
      if (!code.startsWith('0')) continue;
      expectType(await app.api.verifySmsCode(mobile, String(Number(code))), 'SmsCodeMismatchError');
      expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
      return;
    }
    throw new Error('none of 200 codes began with a zero');
  });

  it('names the empty fields, and counts no attempt for invalid input', async () => {
    const code = await codeFor();
    expect(await app.api.verifySmsCode(mobile, ' \u3000', undefined, zh)).toEqual({
      __typename: 'IncompleteInputError',
      message: '参数不完整',
      missingFields: ['code'],
    });
    expectType(await app.api.verifySmsCode('02112345678', code), 'InvalidMobileError');
    expect(await app.api.verifySmsCode(mobile, wrongCode(code))).toMatchObject({ attemptsRemaining: 4 });
  });

  it('gives the same answer for a code never requested, an expired code and one for the other purpose', async () => {
    const never = await app.api.verifySmsCode(mobile, '000000');
    const code = await codeFor();
    const otherPurpose = await app.api.verifySmsCode(mobile, code, 'LOGIN');
    const codeKeys = await app.redis.keys('yz:{r:*}:code:*');
    expect(codeKeys.length).toBeGreaterThan(0);
    for (const key of codeKeys) await app.redis.pexpire(key, 0);
    const expired = await app.api.verifySmsCode(mobile, code);
    expect(never).toEqual({
      __typename: 'SmsCodeExpiredError',
      message: 'The code has expired. Please request a new one.',
    });
    expect([otherPurpose, expired]).toEqual([never, never]);
  });

  it('returns the token for one of 50 concurrent correct codes', async () => {
    const code = await codeFor();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.verifySmsCode(mobile, code)));
    expect(countTypes(outcomes)).toEqual({ MobileVerified: 1, SmsCodeExpiredError: 49 });
  });

  it('accepts a code whose SMS had an unknown outcome', async () => {
    app.gateway.answer = reset;
    expect(await app.api.requestWithCaptcha(mobile)).toMatchObject({ mayStillArrive: true });
    expectType(await app.api.verifySmsCode(mobile, app.gateway.lastCode), 'MobileVerified');
  });
});
