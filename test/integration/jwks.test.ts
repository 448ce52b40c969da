// The public keys, as other backends fetch them.

import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, createRemoteJWKSet, jwtVerify } from 'jose';
import { freshMobile } from '../support/api.ts';
import { withTestApp } from '../support/test-app.ts';
import { testKey } from '../support/test-tokens.ts';
import { obtainToken } from '../support/verification.ts';

const current = testKey();
const previous = testKey();
const next = testKey();

describe('/.well-known/jwks.json', () => {
  const app = withTestApp({
    settings: {
      TOKEN_PRIVATE_KEY: current.privatePem,
      TOKEN_PREVIOUS_PUBLIC_KEYS: [previous, next, current].map(({ publicPem }) => publicPem).join(''),
      TOKEN_ISSUER: 'https://verify.example',
      TOKEN_AUDIENCE: 'shop',
    },
  });

  it('lists every public key once, the current one first, named by its thumbprint, without private parts', async () => {
    const response = await fetch(`${app.url}/.well-known/jwks.json`);
    expect(response.headers.get('content-type')).toMatch(/^application\/jwk-set\+json/);
    expect(response.headers.get('cache-control')).toBe('public, max-age=300');
    const { keys } = (await response.json()) as { keys: Record<string, string>[] };
    const expected = [current, previous, next].map(({ publicKey }) => publicKey.export({ format: 'jwk' }));
    expect(keys).toHaveLength(expected.length);
    for (const [index, key] of keys.entries()) {
      const { kty, crv, x, y } = expected[index] ?? {};
      const kid = await calculateJwkThumbprint({ kty, crv, x, y } as Record<string, string>);
      expect(key).toEqual({ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' });
    }
  });

  it('is all that a backend needs to check a token', async () => {
    const mobile = freshMobile();
    const token = await obtainToken(app, mobile);
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(token, keys, {
      issuer: 'https://verify.example',
      audience: 'shop',
      typ: 'mobile-verification+jwt',
      algorithms: ['ES256'],
    });
    expect(payload).toMatchObject({ phone_number: `+86${mobile}`, phone_number_verified: true });
  });
});
