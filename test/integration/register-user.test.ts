// registerUser over HTTP: which tokens it accepts, how often, and which it rejects.

import { beforeAll, describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile, type Outcome, zh } from '../support/api.ts';
import { tokenKey } from '../support/redis-keys.ts';
import { withTestApp } from '../support/test-app.ts';
import {
  decodeToken,
  es256,
  hs256,
  testKey,
  unsigned,
  validClaims,
  validHeader,
} from '../support/test-tokens.ts';
import { registerMobile, userRows } from '../support/users.ts';
import { obtainToken } from '../support/verification.ts';

const current = testKey();
const previous = testKey();
const foreign = testKey();

describe('registerUser', () => {
  const app = withTestApp({
    settings: {
      SMS_RESEND_GAP_SECONDS: '0',
      TOKEN_PRIVATE_KEY: current.privatePem,
      TOKEN_PREVIOUS_PUBLIC_KEYS: previous.publicPem,
    },
  });
  let kid: string;
  let previousKid: string;
  beforeAll(async () => {
    const { keys } = (await (await fetch(`${app.url}/.well-known/jwks.json`)).json()) as {
      keys: { kid: string }[];
    };
    [kid, previousKid] = keys.map((key) => key.kid) as [string, string];
  });

  it('registers the verified mobile, and returns the stored user', async () => {
    const mobile = freshMobile();
    const { user } = expectType(await app.api.registerUser(await obtainToken(app, mobile)), 'UserRegistered');
    expect(user).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      mobile: `+86${mobile}`,
      registeredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    });
    const rows = await userRows(app, mobile);
    expect(rows).toHaveLength(1);
    expect(JSON.parse(JSON.stringify(rows[0]))).toEqual({
      id: (user as Outcome).id,
      mobile: `+86${mobile}`,
      registered_at: (user as Outcome).registeredAt,
    });
    expectType(await app.api.requestWithCaptcha(mobile), 'MobileAlreadyRegisteredError');
    expect(decodeToken(await obtainToken(app, mobile, 'LOGIN')).claims.sub).toBe((user as Outcome).id);
  });

  it('accepts one of 50 concurrent uses of a token', async () => {
    const mobile = freshMobile();
    const token = await obtainToken(app, mobile);
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.registerUser(token)));
    expect(countTypes(outcomes)).toEqual({ UserRegistered: 1, InvalidVerificationTokenError: 49 });
    expect(await userRows(app, mobile)).toHaveLength(1);
    expect(await app.api.registerUser(token, zh)).toEqual({
      __typename: 'InvalidVerificationTokenError',
      message: '手机验证已失效',
    });
    const jti = String(decodeToken(token).claims.jti);
    expect(await app.redis.ttl(tokenKey(jti))).toBeGreaterThan(640);
  });

  it('creates one user for two tokens of one mobile, and spends both tokens', async () => {
    const mobile = freshMobile();
    const tokens = [await obtainToken(app, mobile), await obtainToken(app, mobile)];
    const outcomes = await Promise.all(tokens.map((token) => app.api.registerUser(token)));
    expect(countTypes(outcomes)).toEqual({ UserRegistered: 1, MobileAlreadyRegisteredError: 1 });
    expect(await userRows(app, mobile)).toHaveLength(1);
    for (const token of tokens)
      expectType(await app.api.registerUser(token), 'InvalidVerificationTokenError');
  });

  it('reports a mobile that was registered after its verification', async () => {
    const mobile = freshMobile();
    const token = await obtainToken(app, mobile);
    await registerMobile(app, mobile);
    expect(await app.api.registerUser(token, zh)).toEqual({
      __typename: 'MobileAlreadyRegisteredError',
      message: '手机号已注册',
    });
  });

  it('accepts a token that a previous key signed', async () => {
    const token = es256(validHeader(previousKid), validClaims(freshMobile()), previous.privateKey);
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('accepts a token with valid header, claims and signature, from which each forgery below differs in one respect', async () => {
    const token = es256(validHeader(kid), validClaims(freshMobile()), current.privateKey);
    expectType(await app.api.registerUser(` ${token}\n`), 'UserRegistered');
  });

  it('accepts a token of an instance whose clock is 30 s ahead', async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { ...validClaims(freshMobile()), iat: now + 30, exp: now + 630 };
    expectType(
      await app.api.registerUser(es256(validHeader(kid), claims, current.privateKey)),
      'UserRegistered',
    );
  });

  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;
  const validExcept =
    (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
    (mobile: string) =>
      es256({ ...validHeader(kid), ...header }, { ...validClaims(mobile), ...claims }, current.privateKey);

  it.each<[string, (mobile: string) => string]>([
    ['an empty token', () => ''],
    ['a string that is not a JWT', () => 'not.a.token'],
    ['a token that has expired', validExcept({ exp: inSeconds(-1) })],
    ['a token without exp', validExcept({ exp: undefined })],
    ['a token with nbf in the future', validExcept({ nbf: inSeconds(60) })],
    ['a token issued tomorrow', validExcept({ iat: inSeconds(86_400), exp: inSeconds(86_500) })],
    ['a token whose issuer differs', validExcept({ iss: 'somebody' })],
    ['a token whose audience differs', validExcept({ aud: 'somebody' })],
    ['a token without iat', validExcept({ iat: undefined })],
    ['a token issued before 1970', validExcept({ iat: -5 })],
    ['a token with an unlimited exp', validExcept({ exp: 1e15 })],
    ['a token without jti', validExcept({ jti: undefined })],
    ['a token with an empty jti', validExcept({ jti: '' })],
    ['a token whose phone_number is not E.164', validExcept({ phone_number: '13800138000' })],
    ['a token for a landline', validExcept({ phone_number: '+862112345678' })],
    ['a token with a NUL in phone_number', validExcept({ phone_number: '+8613800138000\0' })],
    ['a token for LOGIN', validExcept({ purpose: 'LOGIN', sub: 'x' })],
    ['a token without purpose', validExcept({ purpose: undefined })],
    ['a token without phone_number', validExcept({ phone_number: undefined })],
    ['a token whose phone_number is not verified', validExcept({ phone_number_verified: false })],
    ['a token without phone_number_verified', validExcept({ phone_number_verified: undefined })],
    ['a JWT of another type', validExcept({}, { typ: 'JWT' })],
    ['a JWT without a type', validExcept({}, { typ: undefined })],
    ['a token with an unknown kid', validExcept({}, { kid: 'unknown' })],
    ['a token without kid', validExcept({}, { kid: undefined })],
    ['a token whose kid is an inherited property', validExcept({}, { kid: '__proto__' })],
    [
      'a token that a foreign key signed',
      (mobile) => es256(validHeader(kid), validClaims(mobile), foreign.privateKey),
    ],
    [
      'a token that contains its own key',
      (mobile) =>
        es256(
          { ...validHeader(kid), jwk: foreign.publicKey.export({ format: 'jwk' }) },
          validClaims(mobile),
          foreign.privateKey,
        ),
    ],
    [
      'a token with alg none',
      (mobile) => unsigned({ ...validHeader(kid), alg: 'none' }, validClaims(mobile)),
    ],
    [
      'a token with an HMAC under the public key',
      (mobile) => hs256({ ...validHeader(kid), alg: 'HS256' }, validClaims(mobile), current.publicPem),
    ],
    [
      'a token with changed claims',
      (mobile) => {
        const [header, , signature] = validExcept({})(mobile).split('.');
        const [, other] = validExcept({})(freshMobile()).split('.');
        return `${header}.${other}.${signature}`;
      },
    ],
  ])('rejects %s', async (_name, forge) => {
    const mobile = freshMobile();
    expect(await app.api.registerUser(forge(mobile))).toEqual({
      __typename: 'InvalidVerificationTokenError',
      message: 'The verification has expired. Please verify the mobile again.',
    });
    expect(await userRows(app, mobile)).toEqual([]);
  });

  it('rejects a genuine token for LOGIN', async () => {
    const mobile = freshMobile();
    await registerMobile(app, mobile);
    expectType(
      await app.api.registerUser(await obtainToken(app, mobile, 'LOGIN')),
      'InvalidVerificationTokenError',
    );
  });
});
