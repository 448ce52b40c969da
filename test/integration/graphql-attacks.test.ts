// Documents with many operations or much work: each is rejected as a whole, with a short error, before execution.

import { describe, expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { errorOfPost, repeat } from '../support/rejected-requests.ts';
import { withTestApp } from '../support/test-app.ts';

const app = withTestApp();

const INVALID = { status: 400, code: 'GRAPHQL_VALIDATION_FAILED' };
const ONE_ROOT_FIELD = 'An operation may select at most 1 root field(s).';
const FOUR_ALIASES = 'A document may use at most 4 aliases.';
const TOO_MANY_TOKENS = {
  status: 400,
  code: 'GRAPHQL_PARSE_FAILED',
  messages: ['Syntax Error: Document contains more that 500 tokens. Parsing aborted.'],
};
const TOO_RECURSIVE = {
  ...INVALID,
  messages: ['Anonymous operation recursively requests too many selections.'],
};
const TOO_LARGE = {
  status: 413,
  code: 'FST_ERR_CTP_BODY_TOO_LARGE',
  messages: ['Request body is too large'],
};

const errorOfQuery = (query: string, more: object = {}) => errorOfPost(app, { query, ...more });
const guess = (index: number) =>
  `g${index}: verifySmsCode(input: {mobile: "13800138000", code: "${index}"}) { __typename }`;
const captcha = (index: number) => `c${index}: imageCaptcha { __typename }`;

describe('one request cannot execute several operations', () => {
  it.each([
    ['two guesses at a code', `mutation { ${repeat(2, guess)} }`, [ONE_ROOT_FIELD]],
    ['16 guesses at a code', `mutation { ${repeat(16, guess)} }`, [ONE_ROOT_FIELD, FOUR_ALIASES]],
    ['two captchas', `{ ${repeat(2, captcha)} }`, [ONE_ROOT_FIELD]],
    [
      'a second captcha in a fragment',
      `{ ${captcha(0)} ...F } fragment F on Query { ${captcha(1)} }`,
      [ONE_ROOT_FIELD],
    ],
    [
      'a second captcha in inline fragments',
      `{ ${captcha(0)} ... { ... { ${captcha(1)} } } }`,
      [ONE_ROOT_FIELD],
    ],
    [
      'a second captcha that is skipped under a condition',
      'query ($x: Boolean = true) { a: imageCaptcha @include(if: $x) { __typename } b: imageCaptcha @skip(if: $x) { __typename } }',
      [ONE_ROOT_FIELD],
    ],
  ])('with %s', async (_what, query, messages) => {
    expect(await errorOfQuery(query)).toEqual({ ...INVALID, messages });
  });

  it('with an SMS request and a guess without an alias: no SMS is sent, and the captcha is not redeemed', async () => {
    const { captchaId, captchaAnswer } = await app.api.readCaptcha();
    const mobile = freshMobile();
    const query = `mutation {
      requestSmsCode(input: {mobile: "${mobile}", captchaId: "${captchaId}", captchaAnswer: "${captchaAnswer}"}) { __typename }
      verifySmsCode(input: {mobile: "${mobile}", code: "000000"}) { __typename }
    }`;
    expect(await errorOfQuery(query.replaceAll(/\s+/g, ' '))).toEqual({
      ...INVALID,
      messages: [ONE_ROOT_FIELD],
    });
    const sent = await app.api.requestSmsCode({ mobile, captchaId, captchaAnswer });
    expect(sent.__typename).toBe('SmsCodeSent');
  });

  it.each([
    ['guesses at a code', `mutation { ${repeat(100, guess)} }`],
    ['captchas', `{ ${repeat(100, captcha)} }`],
    ['operations', repeat(100, (index) => `query Q${index} { imageCaptcha { __typename } }`)],
  ])('with 100 %s: parsing stops before the end', async (_what, query) => {
    expect(await errorOfQuery(query, { operationName: 'Q1' })).toEqual(TOO_MANY_TOKENS);
  });

  it('with several operations: six are rejected, and of five the named one is executed', async () => {
    const operations = (count: number) =>
      repeat(count, (index) => `query Q${index} { imageCaptcha { __typename } }`);
    expect(await errorOfQuery(operations(6), { operationName: 'Q1' })).toEqual({
      ...INVALID,
      messages: ['A document may contain at most 5 operations.'],
    });
    expect(await errorOfQuery(operations(5))).toEqual({
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
      messages: ['Must provide operation name if query contains multiple operations.'],
    });
    const before = (await app.redis.keys('yz:captcha:*')).length;
    const one = await app.api.post({ query: operations(5), operationName: 'Q1' });
    expect(await one.json()).toEqual({ data: { imageCaptcha: { __typename: 'ImageCaptcha' } } });
    expect(await app.redis.keys('yz:captcha:*')).toHaveLength(before + 1);
  });
});

describe('one request cannot cause much work', () => {
  const bomb = (type: string, start: string, end: string) =>
    `{ ${start} } ${repeat(20, (index) => `fragment F${index} on ${type} { ...F${index + 1} ...F${index + 1} }`)} fragment F20 on ${type} { ${end} }`;

  it.each([
    ['101 aliases of __typename', `{ ${repeat(101, (index) => `t${index}: __typename`)} }`, [FOUR_ALIASES]],
    [
      'ten unknown directives',
      `{ __typename ${repeat(10, (index) => `@d${index}`)} }`,
      [
        ...Array.from({ length: 5 }, (_, index) => `Unknown directive "@d${index}".`),
        'Too many validation errors, error limit reached. Validation aborted.',
      ],
    ],
    [
      'circular introspection',
      `{ __schema { types { ${'fields { type { '.repeat(4)} name ${'} } '.repeat(4)} } } }`,
      ['Maximum introspection depth exceeded'],
    ],
    [
      'circular fragments',
      '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }',
      ['Cannot spread fragment "A" within itself via "B".'],
    ],
  ])('with %s', async (_what, query, messages) => {
    expect(await errorOfQuery(query)).toEqual({ ...INVALID, messages });
  });

  it.each([
    ['fragments that expand to a million spreads', bomb('Query', '...F0', 'imageCaptcha { __typename }')],
    ['the same fragments below introspection', bomb('__Type', '__schema { types { ...F0 } }', 'name')],
    ['__typename 450 times', `{ ${'__typename '.repeat(450)} }`],
  ])('with %s', async (_what, query) => {
    expect(await errorOfQuery(query)).toEqual(TOO_RECURSIVE);
  });

  it.each([
    ['501 tokens', `{ ${'__typename '.repeat(499)} }`],
    ['4,000 directives', `{ __typename ${'@aa'.repeat(4000)} }`],
    ['selections nested 2,000 deep', `${'{a'.repeat(2000)}${'}'.repeat(2000)}`],
    ['a list nested 7,000 deep', `{ a(x: ${'['.repeat(7000)}`],
  ])('with %s', async (_what, query) => {
    expect(await errorOfQuery(query)).toEqual(TOO_MANY_TOKENS);
  });

  it.each([
    ['10,000 directives', `{ __typename ${'@aa'.repeat(10_000)} }`],
    ['__typename 3,000 times', `{ ${'__typename '.repeat(3000)} }`],
    ['selections nested 20,000 deep', '{a'.repeat(20_000)],
    ['a list nested 40,000 deep', `{ a(x: ${'['.repeat(40_000)}`],
  ])('with %s: the body is not read', async (_what, query) => {
    expect(await errorOfQuery(query)).toEqual(TOO_LARGE);
  });
});

describe('a response does not grow with the request', () => {
  it.each([
    [
      'aliases followed by many plain fields',
      `{ ${repeat(5, (i) => `t${i}: __typename`)} ${'__typename '.repeat(180)} }`,
    ],
    [
      'many operations of two fields each',
      repeat(33, (index) => `query Q${index} { imageCaptcha { __typename } c: imageCaptcha { __typename } }`),
    ],
    ['one argument 150 times', `{ __typename @include(${'if: true '.repeat(150)}) }`],
    ['a name of 15 KB', `{ ${'x'.repeat(15_000)} }`],
  ])('with %s', async (_what, query) => {
    expect(await errorOfQuery(query)).toMatchObject(INVALID);
  });

  const query = 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }';

  it('with 1,000 unknown fields in its variables', async () => {
    const i = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`x${index}`, 1]));
    const { messages, ...error } = await errorOfQuery(query, { variables: { i } });
    expect(error).toEqual({ status: 400, code: 'BAD_USER_INPUT' });
    expect(messages).toHaveLength(6);
    expect(messages.at(-1)).toBe(
      'Too many errors processing variables, error limit reached. Execution aborted.',
    );
  });

  it('with variables nested 7,000 deep', async () => {
    const body = `{"query":"${query}","variables":{"i":${'['.repeat(7000)}${']'.repeat(7000)}}}`;
    expect(await errorOfPost(app, body)).toEqual({
      status: 400,
      code: 'BAD_USER_INPUT',
      messages: [
        'Variable "$i" got invalid value [[[Array]]]; Expected type "RequestSmsCodeInput" to be an object.',
      ],
    });
  });

  it('with 15 KB in an input field, which the response does not repeat', async () => {
    const i = { mobile: '1'.repeat(15_000), captchaId: 'x', captchaAnswer: 'x' };
    const { requestSmsCode } = await app.api.ask(query, { i });
    expect(requestSmsCode).toEqual({ __typename: 'InvalidMobileError' });
  });
});
