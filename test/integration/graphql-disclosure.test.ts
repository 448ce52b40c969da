// What a stranger learns from refusals and faults: nothing that was not asked for rightly.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { buildSchema } from 'graphql';
import { startServer } from '../../src/http/server.ts';
import { READS_STATUS, refusalOf } from '../support/rejected-requests.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describe('a slip of the pen', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp();
  });
  afterAll(() => app?.stop());

  const verify = (input: string) => `mutation { verifySmsCode(input: {${input}}) { __typename } }`;

  it.each([
    ['a field', '{ imageCaptchaa { __typename } }', 'Cannot query field "imageCaptchaa" on type "Query".'],
    ['a type', '{ imageCaptcha { ... on ImageCaptch { id } } }', 'Unknown type "ImageCaptch".'],
    ['a directive', '{ __typename @includ(if: true) }', 'Unknown directive "@includ".'],
    [
      'an argument',
      `mutation { verifySmsCode(input: {mobile: "1", code: "1"}, inpu: {}) { __typename } }`,
      'Unknown argument "inpu" on field "Mutation.verifySmsCode".',
    ],
    [
      'a field of an input',
      verify('mobile: "1", code: "1", purpos: LOGIN'),
      'Field "purpos" is not defined by type "VerifySmsCodeInput".',
    ],
    [
      'a value',
      verify('mobile: "1", code: "1", purpose: LOGINN'),
      'Value "LOGINN" does not exist in "SmsCodePurpose" enum.',
    ],
  ])('in %s of the document is answered without a suggestion', async (_what, query, message) => {
    expect(await refusalOf(app, { query })).toEqual({
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
      messages: [message],
    });
  });

  it.each([
    [
      'a field',
      { mobile: '1', code: '1', purpos: 'LOGIN' },
      'Variable "$i" got invalid value { mobile: "1", code: "1", purpos: "LOGIN" }; Field "purpos" is not defined by type "VerifySmsCodeInput".',
    ],
    [
      'a value',
      { mobile: '1', code: '1', purpose: 'LOGINN' },
      'Variable "$i" got invalid value "LOGINN" at "i.purpose"; Value "LOGINN" does not exist in "SmsCodePurpose" enum.',
    ],
  ])('in %s of the variables is answered without a suggestion', async (_what, i, message) => {
    const query = 'mutation ($i: VerifySmsCodeInput!) { verifySmsCode(input: $i) { __typename } }';
    expect(await refusalOf(app, { query, variables: { i } })).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
      messages: [message],
    });
  });

  it.each([
    ['the query is no text', { query: { a: 1 } }, 'GraphQL queries must be strings.'],
    [
      'the variables are text',
      { query: '{ __typename }', variables: 'x' },
      '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
    ],
    [
      'the name of the operation is a number',
      { query: '{ __typename }', operationName: 5 },
      '`operationName` in a POST body must be a string if provided.',
    ],
    ['there is nothing', 'null', 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
  ])('that would print a stack elsewhere prints none: %s', async (_what, body, message) => {
    expect(await refusalOf(app, body)).toEqual({ status: 400, code: 'BAD_REQUEST', messages: [message] });
  });

  it('that asks for traces gets none', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' };
    const response = await app.api.post({ query: '{ __typename }', extensions: { tracing: true } }, headers);
    expect(await response.text()).toBe('{"data":{"__typename":"Query"}}\n');
  });

  it('that is a subscription, or asks for a persisted query, is refused and no fault in the log', async () => {
    app.log.length = 0;
    expect(await refusalOf(app, { query: 'subscription { x }' })).toEqual({
      status: 200,
      code: 'BAD_USER_INPUT',
      messages: ['Schema is not configured to execute subscription operation.'],
    });
    const persistedQuery = { version: 1, sha256Hash: 'ab' };
    expect(await refusalOf(app, { extensions: { persistedQuery } })).toEqual({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      messages: ['PersistedQueryNotSupported'],
    });
    expect(app.log).toEqual([]);
  });
});

describe('a fault of ours', () => {
  const SECRET = 'postgres://admin:hunter2@db.internal/users';

  it('that carries secrets shows only a request id, which the log has with the rest', async () => {
    const schema = buildSchema('type Query { broken: Int }');
    const broken = schema.getQueryType()?.getFields().broken ?? {};
    const fault = Object.assign(new Error(SECRET, { cause: new Error(SECRET) }), {
      extensions: { code: 'SECRET_CODE', connection: SECRET },
    });
    Object.assign(broken, { resolve: () => Promise.reject(fault) });
    const logged: [string, unknown][] = [];
    const server = await startServer(
      { host: '127.0.0.1', port: 0, trustedProxies: [], corsOrigins: [] },
      {
        schema,
        probes: { dependencies: {}, states: () => ({}), metrics: () => Promise.reject(fault) },
        jwks: {},
        pages: { directory: '', demo: false, playground: false, phoneTexts: undefined },
        finishWork: async () => {},
        logError: (...line) => logged.push(line),
      },
    );

    const inGraphql = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { ...READS_STATUS, 'content-type': 'application/json' },
      body: '{"query":"{ broken }"}',
    });
    const requestId = inGraphql.headers.get('x-request-id') ?? 'none';
    const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId };
    const message = 'Internal server error';
    expect(await inGraphql.json()).toEqual({
      data: { broken: null },
      errors: [{ message, locations: [{ line: 1, column: 3 }], path: ['broken'], extensions }],
    });
    expect(logged).toEqual([[requestId, fault]]);

    const outside = await fetch(`${server.url}/metrics`);
    const body = (await outside.json()) as { errors: [{ extensions: { requestId: string } }] };
    const [{ extensions: told }] = body.errors;
    expect([outside.status, body]).toEqual([
      500,
      { errors: [{ message, extensions: { ...extensions, ...told } }] },
    ]);
    expect(logged[1]).toEqual([told.requestId, fault]);
    await server.stop();
  });

  it('in the database stops the text, and leaves no mobile in the log', async () => {
    const app = await startTestApp();
    const { default: pg } = await import('pg');
    const client = new pg.Client({ connectionString: String(app.databaseUrl) });
    await client.connect();
    await client.query('alter table users rename to somewhere_else');
    await client.end();
    const captcha = await app.api.readCaptcha();
    const response = await app.api.post({
      query: 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }',
      variables: { i: { mobile: '13800138000', ...captcha } },
    });
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ data: null, errors: [{ message: 'Internal server error' }] });
    expect(text).not.toContain('users');
    const faults = app.log.filter((line) => JSON.parse(line).msg === 'fault');
    expect(faults).toEqual([expect.stringContaining('users')]);
    expect(faults).not.toEqual([expect.stringContaining('13800138000')]);
    expect(app.gateway.requests).toHaveLength(0);
    await app.stop();
  });
});
