// Requests that no page of ours sends: of a foreign origin's kind, too large, too slow, or no HTTP at all.

import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { partsOf, sendRaw } from '../support/raw-request.ts';
import { errorsIn, READS_STATUS, refusal, refusalOf } from '../support/rejected-requests.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.stop());

const CAPTCHA = { query: '{ imageCaptcha { __typename } }' };
const GUESS = 'mutation { verifySmsCode(input: {mobile: "13800138000", code: "1"}) { __typename } }';
const PREFLIGHT = { 'apollo-require-preflight': '1' };

const get = (path: string, headers = {}) =>
  fetch(`${app.url}${path}`, { headers: { ...READS_STATUS, ...headers } });
const query = (text: string, headers = {}) => get(`/graphql?query=${encodeURIComponent(text)}`, headers);

describe('a page of a foreign origin', () => {
  const blocked = {
    status: 400,
    code: 'BAD_REQUEST',
    messages: [
      expect.stringMatching(/^This operation has been blocked as a potential Cross-Site Request Forgery/),
    ],
  };
  const unknownType = {
    status: 415,
    code: 'FST_ERR_CTP_INVALID_MEDIA_TYPE',
    messages: ['Unsupported Media Type'],
  };

  it.each([
    ['text/plain', blocked],
    ['text/plain;x=application/json', blocked],
    ['application/x-www-form-urlencoded', unknownType],
    ['multipart/form-data; boundary=x', unknownType],
    ['application/jsonx', unknownType],
    ['application/graphql', unknownType],
    ['', unknownType],
  ])('cannot send a document as %j', async (type, answer) => {
    expect(await refusalOf(app, CAPTCHA, { 'content-type': type })).toEqual(answer);
  });

  it('cannot send a document as a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = String(new URLSearchParams(CAPTCHA));
    expect(await refusalOf(app, form, headers)).toEqual(unknownType);
  });

  it('cannot send a query by GET, for which a header is needed that it cannot set', async () => {
    expect(await refusal(app, () => query(CAPTCHA.query))).toEqual(blocked);
    const answer = await query(CAPTCHA.query, PREFLIGHT);
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { data: { imageCaptcha: { __typename: 'ImageCaptcha' } } },
    ]);
  });

  it('cannot send a mutation by GET, nor can anybody else', async () => {
    expect(await refusal(app, () => query(GUESS))).toEqual(blocked);
    expect(await refusal(app, () => query(GUESS, PREFLIGHT))).toEqual({
      status: 405,
      code: 'BAD_REQUEST',
      messages: ['GET requests only support query operations, not mutation operations'],
    });
  });
});

describe('a body', () => {
  const notJson = {
    status: 400,
    code: 'FST_ERR_CTP_INVALID_JSON_BODY',
    messages: ["Body is not valid JSON but content-type is set to 'application/json'"],
  };
  const tooLarge = {
    status: 413,
    code: 'FST_ERR_CTP_BODY_TOO_LARGE',
    messages: ['Request body is too large'],
  };

  it('with a batch is refused, of one document as of a hundred', async () => {
    const answer = { status: 400, code: 'BAD_REQUEST', messages: ['Operation batching disabled.'] };
    expect(await refusalOf(app, [CAPTCHA])).toEqual(answer);
    expect(
      await refusalOf(
        app,
        Array.from({ length: 100 }, () => CAPTCHA),
      ),
    ).toEqual(answer);
  });

  it.each([
    ['is cut short', '{"query":'],
    ['poisons a prototype', '{"query":"{ imageCaptcha { __typename } }","__proto__":{"x":1}}'],
    ['poisons a prototype in its variables', '{"query":"{ __typename }","variables":{"__proto__":{"x":1}}}'],
    ['poisons a constructor', '{"query":"{ __typename }","constructor":{"prototype":{"x":1}}}'],
  ])('that %s is no JSON', async (_what, body) => {
    expect(await refusalOf(app, body)).toEqual(notJson);
  });

  it('that unpacks to 12 MB is not unpacked', async () => {
    const packed = gzipSync(JSON.stringify({ ...CAPTCHA, padding: 'x'.repeat(12_000_000) }));
    expect(packed.length).toBeLessThan(16 * 1024);
    const headers = { ...READS_STATUS, 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const send = () => fetch(`${app.url}/graphql`, { method: 'POST', headers, body: packed });
    expect(await refusal(app, send)).toEqual(notJson);
  });

  it('over 16 KB is refused', async () => {
    expect(await refusalOf(app, { ...CAPTCHA, padding: 'x'.repeat(17_000) })).toEqual(tooLarge);
  });

  const post = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  it.each([
    ['announced as 50 MB', `${post}Content-Length: 50000000\r\n\r\n{`],
    [
      'in pieces without an end',
      `${post}Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(5)}`,
    ],
  ])('%s is not waited for', async (_what, request) => {
    const reply = await sendRaw(app.url, request);
    expect({ status: partsOf(reply).status, ...errorsIn(partsOf(reply).body) }).toEqual(tooLarge);
    expect(reply.seconds).toBeLessThan(1);
  });

  it('or a head that comes slowly, or not at all, is given up within six seconds', async () => {
    const head = 'GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ';
    const replies = await Promise.all([
      sendRaw(app.url, ''),
      sendRaw(app.url, head),
      sendRaw(app.url, head, 'x'),
      sendRaw(app.url, `${post}Content-Length: 5000\r\n\r\n{`),
      sendRaw(app.url, `${post}Content-Length: 5000\r\n\r\n{`, ' '),
      sendRaw(app.url, `${post}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'),
    ]);
    for (const reply of replies) {
      expect({ status: partsOf(reply).status, ...errorsIn(partsOf(reply).body) }).toEqual({
        status: 408,
        code: 'ERR_HTTP_REQUEST_TIMEOUT',
        messages: ['Request Timeout'],
      });
      expect(reply.seconds).toBeGreaterThan(3);
      expect(reply.seconds).toBeLessThan(6.5);
    }
  });
});

describe('a head', () => {
  const of = (headers: string) => `GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

  it.each([
    ['a header of 9 KB', of(`X-Long: ${'x'.repeat(9000)}\r\n`), 431, 'HPE_HEADER_OVERFLOW'],
    ['2,000 headers', of('X-Many: yes\r\n'.repeat(2000)), 431, 'HPE_HEADER_OVERFLOW'],
    ['no HTTP in it', 'NONSENSE\r\n\r\n', 400, 'HPE_INVALID_METHOD'],
    [
      'two opinions on where the body ends',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'HPE_INVALID_TRANSFER_ENCODING',
    ],
  ])('with %s is refused and the connection closed', async (_what, request, status, code) => {
    const reply = await sendRaw(app.url, request);
    const { code: told, messages } = errorsIn(partsOf(reply).body);
    expect({ status: partsOf(reply).status, code: told }).toEqual({ status, code });
    expect(messages).toEqual([status === 431 ? 'Request Header Fields Too Large' : 'Bad Request']);
    expect(reply.seconds).toBeLessThan(1);
  });

  it('with a malformed URL is refused', async () => {
    expect(await refusal(app, () => get('/%E0%A4%A'))).toEqual({
      status: 400,
      code: 'FST_ERR_BAD_URL',
      messages: ['The URL is malformed'],
    });
  });

  it('for another path or by another method is refused, and a browser gets no IDE', async () => {
    const notFound = { status: 404, code: undefined, messages: ['Not found'] };
    for (const path of ['/admin', '/graphiql', '/graphql/', `/graphql/${'x'.repeat(3000)}`])
      expect(await refusal(app, () => get(path, { accept: 'text/html' }))).toEqual(notFound);
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${app.url}/graphql`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
      expect(await response.json()).toEqual({ errors: [{ message: 'Method not allowed', extensions: {} }] });
    }
    const ide = await refusal(app, () => get('/graphql', { accept: 'text/html' }));
    expect(ide).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});
