// Headers of every answer: what a browser may do with it, who may read it, who may keep it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const OURS = 'https://www.example.com';
const ALSO_OURS = 'https://m.example.com:8443';

describe('the headers', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { CORS_ORIGINS: `${OURS}, ${ALSO_OURS}` } });
  });
  afterAll(() => app?.stop());

  const send = (path: string, init: RequestInit = {}) => fetch(`${app.url}${path}`, init);
  const graphql = (headers: Record<string, string> = {}) =>
    app.api.post({ query: '{ __typename }' }, headers);

  it('let no browser load, frame, guess or remember anything, whatever the answer is', async () => {
    const answers = [
      await graphql(),
      await app.api.post('no JSON'),
      await send('/graphql', { method: 'PUT' }),
      await send('/nowhere'),
      await send('/%E0%A4%A'),
      await send('/healthz'),
      await send('/.well-known/jwks.json'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 405, 404, 400, 200, 200]);
    for (const { headers } of answers) {
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

  it('let no cache keep an answer of GraphQL, a refusal no more than a captcha', async () => {
    const query = encodeURIComponent('{ imageCaptcha { __typename } }');
    const answers = [
      await app.api.post({ query: '{ imageCaptcha { __typename } }' }),
      await send(`/graphql?query=${query}`, { headers: { 'apollo-require-preflight': '1' } }),
      await app.api.post('no JSON'),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('vary')).toBe('accept-language, origin');
    }
  });

  const ask = (origin: string) =>
    send('/graphql', {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'content-type',
      },
    });
  const leave = ({ headers }: Response) => headers.get('access-control-allow-origin');

  it.each([OURS, ALSO_OURS])('let pages of %s ask and read', async (origin) => {
    expect(leave(await graphql({ origin }))).toBe(origin);
    const preflight = await ask(origin);
    expect([preflight.status, leave(preflight)]).toEqual([204, origin]);
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(preflight.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it.each([
    'https://evil.example',
    'https://www.example.com.evil.example',
    'http://www.example.com',
    'https://m.example.com',
    'null',
  ])('give pages of %s no leave', async (origin) => {
    expect(leave(await graphql({ origin }))).toBeNull();
    expect(leave(await ask(origin))).toBeNull();
  });
});

it('without CORS_ORIGINS no foreign page gets leave', async () => {
  const app = await startTestApp();
  const { headers } = await app.api.post({ query: '{ __typename }' }, { origin: OURS });
  expect([...headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([]);
  const preflight = await fetch(`${app.url}/graphql`, { method: 'OPTIONS', headers: { origin: OURS } });
  expect(preflight.headers.has('access-control-allow-origin')).toBe(false);
  await app.stop();
});
