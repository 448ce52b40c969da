// Security headers, cache headers and CORS.

import { describe, expect, it } from '@jest/globals';
import { usingTestApp, withTestApp } from '../support/test-app.ts';

const ALLOWED = 'https://www.example.com';
const ALSO_ALLOWED = 'https://m.example.com:8443';

describe('the headers of a response', () => {
  const app = withTestApp({ settings: { CORS_ORIGINS: `${ALLOWED}, ${ALSO_ALLOWED}` } });

  const send = (path: string, init: RequestInit = {}) => fetch(`${app.url}${path}`, init);
  const graphql = (headers: Record<string, string> = {}) =>
    app.api.post({ query: '{ __typename }' }, headers);

  it('forbid a browser to load, frame or sniff anything, whatever the status is', async () => {
    const responses = [
      await graphql(),
      await app.api.post('no JSON'),
      await send('/graphql', { method: 'PUT' }),
      await send('/nowhere'),
      await send('/%E0%A4%A'),
      await send('/healthz'),
      await send('/.well-known/jwks.json'),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 400, 405, 404, 400, 200, 200]);
    for (const { headers } of responses) {
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': "default-src 'none';frame-ancestors 'none'",
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': 'max-age=31536000; includeSubDomains',
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
      });
      expect(headers.has('server')).toBe(false);
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  it('forbid caches to store a GraphQL response, whether it has data or errors', async () => {
    const query = encodeURIComponent('{ imageCaptcha { __typename } }');
    const responses = [
      await app.api.post({ query: '{ imageCaptcha { __typename } }' }),
      await send(`/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } }),
      await app.api.post('no JSON'),
      await send('/graphql', { method: 'PUT' }),
    ];
    for (const { headers } of responses) {
      expect(headers.get('x-request-id')).toEqual(expect.any(String));
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('vary')).toBe('accept-language, origin');
    }
  });

  const preflightFrom = (origin: string) =>
    send('/graphql', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
  const allowedOrigin = ({ headers }: Response) => headers.get('access-control-allow-origin');

  it.each([ALLOWED, ALSO_ALLOWED])(
    'allow pages of %s to send requests and read the responses',
    async (origin) => {
      expect(allowedOrigin(await graphql({ origin }))).toBe(origin);
      const preflight = await preflightFrom(origin);
      expect([preflight.status, allowedOrigin(preflight)]).toEqual([204, origin]);
      expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST');
      expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
    },
  );

  it.each([
    'https://evil.example',
    'https://www.example.com.evil.example',
    'http://www.example.com',
    'https://m.example.com',
    'null',
  ])('do not allow pages of %s', async (origin) => {
    expect(allowedOrigin(await graphql({ origin }))).toBeNull();
    expect(allowedOrigin(await preflightFrom(origin))).toBeNull();
  });
});

it('without CORS_ORIGINS no other origin is allowed', async () => {
  await usingTestApp({}, async (app) => {
    const { headers } = await app.api.post({ query: '{ __typename }' }, { origin: ALLOWED });
    expect(headers.get('cache-control')).toBe('no-store');
    expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
    const init = { method: 'OPTIONS', headers: { origin: ALLOWED } };
    const preflight = await fetch(`${app.url}/graphql`, init);
    expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
  });
});
