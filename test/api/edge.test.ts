// The edge: documents and requests that are not what a page sends, and what each is answered.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp({ settings: { CORS_ORIGINS: 'https://www.example.com' } });
});
afterAll(() => app?.stop());

const GRAPHQL = { accept: 'application/graphql-response+json' };

/** The status and the error messages of one request. */
async function errorsOf(body: unknown, headers: Record<string, string> = GRAPHQL) {
  const response = await app.api.post(body, headers);
  const text = await response.text();
  expect(text.length).toBeLessThan(2048);
  const { errors = [] } = JSON.parse(text) as { errors?: { message: string; extensions: object }[] };
  return { status: response.status, messages: errors.map(({ message }) => message), errors };
}

const captchas = async () => (await app.redis.keys('captcha:*')).length;

describe('a document', () => {
  it.each([
    ['two aliases of one field', '{ a: imageCaptcha { __typename } b: imageCaptcha { __typename } }'],
    [
      'an alias behind a fragment',
      '{ imageCaptcha { __typename } ...F } fragment F on Query { b: imageCaptcha { __typename } }',
    ],
    [
      'an alias behind inline fragments',
      '{ imageCaptcha { __typename } ... { ... { b: imageCaptcha { __typename } } } }',
    ],
  ])('with %s runs nothing', async (_name, query) => {
    const before = await captchas();
    const { status, messages } = await errorsOf({ query });
    expect(status).toBe(400);
    expect(messages).toEqual(['An operation may select at most 1 root field(s).']);
    expect(await captchas()).toBe(before);
  });

  it('of more than 500 tokens is not parsed to its end', async () => {
    const { status, messages } = await errorsOf({ query: `{ ${'__typename '.repeat(600)} }` });
    expect(status).toBe(400);
    expect(messages[0]).toContain('500 tokens');
  });

  it('of six operations or five aliases is refused', async () => {
    const operations = Array.from({ length: 6 }, (_, i) => `query Q${i} { __typename }`).join(' ');
    expect(await errorsOf({ query: operations, operationName: 'Q1' })).toMatchObject({ status: 400 });
    const aliases = Array.from({ length: 5 }, (_, i) => `t${i}: __typename`).join(' ');
    expect(await errorsOf({ query: `{ ${aliases} }` })).toMatchObject({ status: 400 });
  });

  it('with a slip in a name gets no suggestion, in the document or in the variables', async () => {
    const typo = await errorsOf({ query: '{ imageCaptchaa { __typename } }' });
    const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
    const field = await errorsOf({
      query,
      variables: { i: { mobil: '1', captchaId: '1', captchaAnswer: '1' } },
    });
    for (const { status, messages } of [typo, field]) {
      expect(status).toBe(400);
      expect(messages.join()).not.toMatch(/did you mean/i);
    }
  });

  it('that is a subscription, or has many wrong variables, is no fault of ours', async () => {
    const logged = app.log.length;
    const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
    const i = Object.fromEntries(Array.from({ length: 9 }, (_, n) => [`x${n}`, 1]));
    for (const body of [{ query: 'subscription { x }' }, { query, variables: { i } }]) {
      const { errors } = await errorsOf(body);
      for (const { extensions } of errors)
        expect(extensions).not.toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
    }
    expect(app.log.slice(logged).join()).not.toContain('fault');
  });

  it('with 300 unknown fields in its variables gets five short errors', async () => {
    const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';
    const i = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`x${n}`, 1]));
    const { status, errors } = await errorsOf({ query, variables: { i } });
    expect(status).toBe(400);
    expect(errors.length).toBeLessThanOrEqual(6);
  });

  it('can ask for the whole schema', async () => {
    const response = await app.api.post({ query: getIntrospectionQuery() });
    expect(JSON.parse(await response.text()).data.__schema.mutationType.name).toBe('Mutation');
  });

  it('with a fault in it is a 200 to a client that knows only application/json', async () => {
    expect(await errorsOf({ query: '{' }, { accept: 'application/json' })).toMatchObject({ status: 200 });
    expect(await errorsOf({ query: '{' })).toMatchObject({ status: 400 });
  });
});

describe('a request', () => {
  it('with a batch is refused', async () => {
    expect(await errorsOf([{ query: '{ __typename }' }, { query: '{ __typename }' }])).toMatchObject({
      status: 400,
    });
  });

  it('for a persisted query by its hash is refused', async () => {
    const { messages } = await errorsOf({ extensions: { persistedQuery: { version: 1, sha256Hash: 'ab' } } });
    expect(messages).toEqual(['PersistedQueryNotSupported']);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data',
    'text/plain;x=application/json',
  ])('of type %s, which a foreign page could send, is refused', async (type) => {
    const { status } = await errorsOf(JSON.stringify({ query: '{ __typename }' }), { 'content-type': type });
    expect([400, 415]).toContain(status);
  });

  it('by GET needs a preflight header, and may only be a query', async () => {
    const get = (query: string, headers = {}) =>
      fetch(`${app.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
    const preflight = { 'apollo-require-preflight': '1' };
    expect((await get('{ __typename }')).status).toBe(400);
    expect((await get('{ __typename }', preflight)).status).toBe(200);
    const mutation =
      'mutation { requestSmsCode(input: {mobile: "1", captchaId: "1", captchaAnswer: "1"}) { __typename } }';
    expect((await get(mutation, preflight)).status).toBe(405);
  });

  it('over 16 KB is refused before it is read', async () => {
    expect(await errorsOf({ query: '{ __typename }', padding: 'x'.repeat(17_000) })).toMatchObject({
      status: 413,
    });
  });

  it('that poisons a prototype is refused', async () => {
    expect(await errorsOf('{"query":"{ __typename }","__proto__":{"x":1}}')).toMatchObject({ status: 400 });
  });

  it('by another method or for another path gets a plain refusal in JSON', async () => {
    const put = await fetch(`${app.url}/graphql`, { method: 'PUT' });
    expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST']);
    expect((await fetch(`${app.url}/admin`)).status).toBe(404);
  });

  it('from a foreign origin is answered without leave to read it', async () => {
    const allowed = async (origin: string) =>
      (await app.api.post({ query: '{ __typename }' }, { origin })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('https://www.example.com')).toBe('https://www.example.com');
    expect(await allowed('https://evil.example')).toBeNull();
  });
});

it('a fault of ours shows only a request id, which the log has too', async () => {
  const broken = await startTestApp();
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: String(broken.databaseUrl) });
  await client.connect();
  await client.query('alter table users rename to somewhere_else');
  await client.end();
  const captcha = await broken.api.readCaptcha();
  const response = await broken.api.post({
    query: 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }',
    variables: { i: { mobile: '13800138000', ...captcha } },
  });
  const { data, errors } = JSON.parse(await response.text());
  expect(data).toBeNull();
  expect(errors).toEqual([
    {
      message: 'Internal server error',
      path: ['requestSmsCode'],
      locations: expect.anything(),
      extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: expect.any(String) },
    },
  ]);
  const [fault] = broken.log.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'fault');
  expect(fault.requestId).toBe(errors[0].extensions.requestId);
  expect(fault.requestId).toBe(response.headers.get('x-request-id'));
  expect(JSON.stringify(fault)).toContain('users');
  expect(JSON.stringify(fault)).not.toContain('13800138000');
  expect(broken.gateway.requests).toHaveLength(0);
  await broken.stop();
});
