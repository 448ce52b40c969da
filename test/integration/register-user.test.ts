// registerUser over HTTP: what a token is good for, how often, and which are none.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, type Outcome } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import {
  es256,
  goodClaims,
  goodHeader,
  hs256,
  readToken,
  testKey,
  unsigned,
} from '../support/test-tokens.ts';
import { registerMobile, rowsOf } from '../support/users.ts';

const zh = { 'accept-language': 'zh-CN' };
const ours = testKey();
const previous = testKey();
const stranger = testKey();

describe('registerUser', () => {
  let app: TestApp;
  let kid: string;
  let previousKid: string;
  beforeAll(async () => {
    app = await startTestApp({
      settings: {
        SMS_RESEND_GAP_SECONDS: '0',
        TOKEN_PRIVATE_KEY: ours.privatePem,
        TOKEN_PREVIOUS_PUBLIC_KEYS: previous.publicPem,
      },
    });
    const { keys } = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    [kid, previousKid] = keys.map((key) => key.kid) as [string, string];
  });
  afterAll(() => app?.stop());

  async function prove(mobile: string, purpose?: 'REGISTER' | 'LOGIN'): Promise<string> {
    expectType(await app.api.requestWithCaptcha(mobile, purpose), 'SmsCodeSent');
    const verified = await app.api.verifySmsCode(mobile, app.gateway.lastCode, purpose);
    return String(expectType(verified, 'MobileVerified').verificationToken);
  }

  it('registers the mobile that was proved; answer and row agree', async () => {
    const mobile = freshMobile();
    const { user } = expectType(await app.api.registerUser(await prove(mobile)), 'UserRegistered');
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      mobile: `+86${mobile}`,
      registeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const rows = await rowsOf(app, mobile);
    expect(rows).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(rows[0]))).toEqual({
      id: (user as Outcome).id,
      mobile: `+86${mobile}`,
      registered_at: (user as Outcome).registeredAt,
    });
    expectType(await app.api.requestWithCaptcha(mobile), 'MobileAlreadyRegisteredError');
    expect(readToken(await prove(mobile, 'LOGIN')).claims.sub).toBe((user as Outcome).id);
  });

  it('takes one of 50 uses of a token at once', async () => {
    const mobile = freshMobile();
    const token = await prove(mobile);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.registerUser(token)));
    expect(countTypes(outcomes)).toEqual({ UserRegistered: 1, InvalidVerificationTokenError: 49 });
    expect(await rowsOf(app, mobile)).toHaveLength(1);
    expect(await app.api.registerUser(token, zh)).toEqual({
      __typename: 'InvalidVerificationTokenError',
      message: '手机验证已失效',
    });
    const jti = String(readToken(token).claims.jti);
    expect(await app.redis.ttl(`token:${jti}`)).toBeGreaterThan(640);
  });

  it('makes one user of two tokens for one mobile, and spends both', async () => {
    const mobile = freshMobile();
    const tokens = [await prove(mobile), await prove(mobile)];
    const outcomes = await Promise.all(tokens.map((token) => app.api.registerUser(token)));
    expect(countTypes(outcomes)).toEqual({ UserRegistered: 1, MobileAlreadyRegisteredError: 1 });
    expect(await rowsOf(app, mobile)).toHaveLength(1);
    for (const token of tokens)
      expectType(await app.api.registerUser(token), 'InvalidVerificationTokenError');
  });

  it('says so if somebody registered the mobile in the meantime', async () => {
    const mobile = freshMobile();
    const token = await prove(mobile);
    await registerMobile(app, mobile);
    expect(await app.api.registerUser(token, zh)).toEqual({
      __typename: 'MobileAlreadyRegisteredError',
      message: '手机号已注册',
    });
  });

  it('takes a token of a key that was in use before, and publishes both', async () => {
    const token = es256(goodHeader(previousKid), goodClaims(freshMobile()), previous.privateKey);
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('takes one that it could have signed itself, which the forgeries differ from in one thing', async () => {
    const token = es256(goodHeader(kid), goodClaims(freshMobile()), ours.privateKey);
    expectType(await app.api.registerUser(` ${token}\n`), 'UserRegistered');
  });

  it('takes one of another instance, whose clock is a little ahead', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...goodClaims(freshMobile()), iat: now + 30, exp: now + 630 };
    expectType(await app.api.registerUser(es256(goodHeader(kid), claims, ours.privateKey)), 'UserRegistered');
  });

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
  const mine =
    (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
    (mobile: string) =>
      es256({ ...goodHeader(kid), ...header }, { ...goodClaims(mobile), ...claims }, ours.privateKey);

  it.each<[string, (mobile: string) => string]>([
    ['nothing', () => ''],
    ['no token', () => 'not.a.token'],
    ['one that expired', mine({ exp: inSeconds(-1) })],
    ['one without an end', mine({ exp: undefined })],
    ['one that is not valid yet', mine({ nbf: inSeconds(60) })],
    ['one that is of tomorrow', mine({ iat: inSeconds(86_400), exp: inSeconds(86_500) })],
    ['one of another issuer', mine({ iss: 'somebody' })],
    ['one for another audience', mine({ aud: 'somebody' })],
    ['one without a start', mine({ iat: undefined })],
    ['one from before 1970', mine({ iat: -5 })],
    ['one that never ends', mine({ exp: 1e15 })],
    ['one without an id', mine({ jti: undefined })],
    ['one with an empty id', mine({ jti: '' })],
    ['one of a mobile in another form', mine({ mobile: '13800138000' })],
    ['one of a landline', mine({ mobile: '+862112345678' })],
    ['one with a NUL in the mobile', mine({ mobile: '+8613800138000\0' })],
    ['one for a login', mine({ purpose: 'LOGIN', sub: 'x' })],
    ['one for no purpose', mine({ purpose: undefined })],
    ['one of no mobile', mine({ mobile: undefined })],
    ['a JWT of another type', mine({}, { typ: 'JWT' })],
    ['a JWT without a type', mine({}, { typ: undefined })],
    ['one of an unknown key', mine({}, { kid: 'unknown' })],
    ['one that names no key', mine({}, { kid: undefined })],
    ['one that names an inherited property', mine({}, { kid: '__proto__' })],
    [
      'one of the key of another service',
      (mobile) => es256(goodHeader(kid), goodClaims(mobile), stranger.privateKey),
    ],
    [
      'one that brings its key along',
      (mobile) =>
        es256(
          { ...goodHeader(kid), jwk: stranger.publicKey.export({ format: 'jwk' }) },
          goodClaims(mobile),
          stranger.privateKey,
        ),
    ],
    ['one that says alg none', (mobile) => unsigned({ ...goodHeader(kid), alg: 'none' }, goodClaims(mobile))],
    [
      'one signed with the public key as a secret',
      (mobile) => hs256({ ...goodHeader(kid), alg: 'HS256' }, goodClaims(mobile), ours.publicPem),
    ],
    [
      'one whose claims were changed',
      (mobile) => {
        const [header, , signature] = mine({})(mobile).split('.');
        const [, other] = mine({})(freshMobile()).split('.');
        return `${header}.${other}.${signature}`;
      },
    ],
  ])('refuses %s', async (_name, forge) => {
    const mobile = freshMobile();
    expect(await app.api.registerUser(forge(mobile))).toEqual({
      __typename: 'InvalidVerificationTokenError',
      message: 'The verification has expired. Please verify the mobile again.',
    });
    expect(await rowsOf(app, mobile)).toEqual([]);
  });

  it('refuses the token of a login that it gave itself', async () => {
    const mobile = freshMobile();
    await registerMobile(app, mobile);
    expectType(await app.api.registerUser(await prove(mobile, 'LOGIN')), 'InvalidVerificationTokenError');
  });
});
