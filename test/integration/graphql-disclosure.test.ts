// What error responses disclose: no suggestions, no stacks, no traces.

import { describe, expect, it } from '@jest/globals';
import { expectType } from '../support/api.ts';
import { eventNames } from '../support/audit-log.ts';
import { errorOfPost } from '../support/rejected-requests.ts';
import { withTestApp } from '../support/test-app.ts';

describe('an invalid request', () => {
  const app = withTestApp();

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
  ])('with a misspelled name of %s in the document receives no suggestion', async (_what, query, message) => {
    expect(await errorOfPost(app, { query })).toEqual({
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
  ])('with a misspelled name of %s in the variables receives no suggestion', async (_what, i, message) => {
    const query = 'mutation ($i: VerifySmsCodeInput!) { verifySmsCode(input: $i) { __typename } }';
    expect(await errorOfPost(app, { query, variables: { i } })).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
      messages: [message],
    });
  });

  it.each([
    ['a query that is not a string', { query: { a: 1 } }, 'GraphQL queries must be strings.'],
    [
      'variables that are a string',
      { query: '{ __typename }', variables: 'x' },
      '`variables` in a POST body should be provided as an object, not a recursively JSON-encoded string.',
    ],
    [
      'an operation name that is a number',
      { query: '{ __typename }', operationName: 5 },
      '`operationName` in a POST body must be a string if provided.',
    ],
    ['no document', 'null', 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
  ])('receives no stack trace: %s', async (_what, body, message) => {
    expect(await errorOfPost(app, body)).toEqual({ status: 400, code: 'BAD_REQUEST', messages: [message] });
  });

  it('receives no trace', async () => {
    const headers = { 'apollo-federation-include-trace': 'ftv1', 'x-apollo-tracing': '1' };
    const response = await app.api.post({ query: '{ __typename }', extensions: { tracing: true } }, headers);
    expect(await response.text()).toBe('{"data":{"__typename":"Query"}}\n');
  });

  it('for a subscription or a persisted query is rejected, and logs no error', async () => {
    expect(await errorOfPost(app, { query: 'subscription { x }' })).toEqual({
      status: 200,
      code: 'BAD_USER_INPUT',
      messages: ['Schema is not configured to execute subscription operation.'],
    });
    const persistedQuery = { version: 1, sha256Hash: 'ab' };
    expect(await errorOfPost(app, { extensions: { persistedQuery } })).toEqual({
      status: 200,
      code: 'PERSISTED_QUERY_NOT_SUPPORTED',
      messages: ['PersistedQueryNotSupported'],
    });
    expect(app.log).toEqual([]);
    expectType(await app.api.imageCaptcha(), 'ImageCaptcha'); // the log is not empty for another reason
    expect(eventNames(app)).toEqual(['captcha_issued']);
  });
});
