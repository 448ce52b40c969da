// The public keys, as other backends fetch them.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from 'jose';
import { expectType, freshMobile } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { testKey } from '../support/test-tokens.ts';

const current = testKey();
const previous = testKey();
const next = testKey();

describe('/.well-known/jwks.json', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({
      settings: {
        TOKEN_PRIVATE_KEY: current.privatePem,
        TOKEN_PREVIOUS_PUBLIC_KEYS: [previous, next, current].map(({ publicPem }) => publicPem).join(''),
        TOKEN_ISSUER: 'https://verify.example',
        TOKEN_AUDIENCE: 'shop',
      },
    });
  });
  afterAll(() => app?.stop());

  it('holds every public key once, the one in use first, named by its thumbprint, and nothing private', async () => {
    const response = await fetch(`${app.url}/.well-known/jwks.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    const expected = [current, previous, next].map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
    for (const [index, key] of keys.entries()) {
      const { kty, crv, x, y } = expected[index] ?? {};
      const kid = await calculateJwkThumbprint({ kty, crv, x, y } as Record<string, string>);
      expect(key).toEqual({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' });
    }
    expect(keys).toHaveLength(3);
  });

  it('is all that a backend needs to check a token', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const { verificationToken } = await app.api.verifySmsCode(mobile, app.gateway.lastCode);
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(String(verificationToken), keys, {
      issuer: 'https://verify.example',
      audience: 'shop',
      typ: 'mobile-verification+jwt',
      algorithms: ['ES256'],
    });
    expect(payload.mobile).toBe(`+86${mobile}`);
  });
});
