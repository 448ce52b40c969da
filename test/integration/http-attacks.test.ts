// Requests that no client of the service sends: forged by a page of another origin, too large, too slow, or not HTTP.

import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { partsOf, sendRaw } from '../support/raw-request.ts';
import { errorOf, errorOfPost, errorsIn, READS_STATUS } from '../support/rejected-requests.ts';
import { withTestApp } from '../support/test-app.ts';

const app = withTestApp();

const CAPTCHA = { query: '{ imageCaptcha { __typename } }' };
const GUESS = 'mutation { verifySmsCode(input: {mobile: "13800138000", code: "1"}) { __typename } }';
const PREFLIGHT = { 'apollo-require-preflight': '1' };

const get = (path: string, headers = {}) =>
  fetch(`${app.url}${path}`, { headers: { ...READS_STATUS, ...headers } });
const query = (text: string, headers = {}) => get(`/graphql?query=${encodeURIComponent(text)}`, headers);

describe('a page of another origin', () => {
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
    messages: ['Unsupported Media Type: send the body as application/json.'],
  };

  it.each([
    ['text/plain', blocked],
    ['text/plain;x=application/json', blocked],
    ['application/x-www-form-urlencoded', unknownType],
    ['multipart/form-data; boundary=x', unknownType],
    ['application/jsonx', unknownType],
    ['application/graphql', unknownType],
    ['', unknownType],
  ])('cannot send a document as %j', async (type, expected) => {
    expect(await errorOfPost(app, CAPTCHA, { 'content-type': type })).toEqual(expected);
  });

  it('cannot send a document as a form', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const form = String(new URLSearchParams(CAPTCHA));
    expect(await errorOfPost(app, form, headers)).toEqual(unknownType);
  });

  it('cannot send a query by GET, which requires a header that it cannot set', async () => {
    expect(await errorOf(app, () => query(CAPTCHA.query))).toEqual(blocked);
    const response = await query(CAPTCHA.query, PREFLIGHT);
    expect([response.status, await response.json()]).toEqual([
      200,
      { data: { imageCaptcha: { __typename: 'ImageCaptcha' } } },
    ]);
  });

  it('cannot send a mutation by GET, and neither can any other client', async () => {
    expect(await errorOf(app, () => query(GUESS))).toEqual(blocked);
    expect(await errorOf(app, () => query(GUESS, PREFLIGHT))).toEqual({
      status: 405,
      code: 'BAD_REQUEST',
      messages: ['GET requests only support query operations, not mutation operations'],
    });
  });
});

describe('a request body', () => {
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

  it('with a batch is rejected, whether of one document or of 100', async () => {
    const error = { status: 400, code: 'BAD_REQUEST', messages: ['Operation batching disabled.'] };
    expect(await errorOfPost(app, [CAPTCHA])).toEqual(error);
    expect(
      await errorOfPost(
        app,
        Array.from({ length: 100 }, () => CAPTCHA),
      ),
    ).toEqual(error);
  });

  it.each([
    ['is incomplete', '{"query":'],
    ['pollutes a prototype', '{"query":"{ imageCaptcha { __typename } }","__proto__":{"x":1}}'],
    ['pollutes a prototype in its variables', '{"query":"{ __typename }","variables":{"__proto__":{"x":1}}}'],
    ['pollutes a constructor', '{"query":"{ __typename }","constructor":{"prototype":{"x":1}}}'],
  ])('that %s is rejected as invalid JSON', async (_what, body) => {
    expect(await errorOfPost(app, body)).toEqual(notJson);
  });

  it('that decompresses to 12 MB is not decompressed', async () => {
    const compressed = gzipSync(JSON.stringify({ ...CAPTCHA, padding: 'x'.repeat(12_000_000) }));
    expect(compressed.length).toBeLessThan(16 * 1024);
    const headers = { ...READS_STATUS, 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const send = () => fetch(`${app.url}/graphql`, { method: 'POST', headers, body: compressed });
    expect(await errorOf(app, send)).toEqual(notJson);
  });

  it('over 16 KB is rejected', async () => {
    expect(await errorOfPost(app, { ...CAPTCHA, padding: 'x'.repeat(17_000) })).toEqual(tooLarge);
  });

  const post = 'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n';

  it.each([
    ['with a Content-Length of 50 MB', `${post}Content-Length: 50000000\r\n\r\n{`],
    [
      'in endless chunks',
      `${post}Transfer-Encoding: chunked\r\n\r\n${`1000\r\n${'x'.repeat(4096)}\r\n`.repeat(5)}`,
    ],
  ])('%s is rejected before it has arrived', async (_what, request) => {
    const reply = await sendRaw(app.url, request);
    expect({ status: partsOf(reply).status, ...errorsIn(partsOf(reply).body) }).toEqual(tooLarge);
    expect(reply.seconds).toBeLessThan(1);
  });

  it('or a head that arrives slowly or not at all times out within six seconds', async () => {
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

describe('a request head', () => {
  const headOf = (headers: string) => `GET /healthz HTTP/1.1\r\nHost: x\r\n${headers}\r\n`;

  it.each([
    ['a header of 9 KB', headOf(`X-Long: ${'x'.repeat(9000)}\r\n`), 431, 'HPE_HEADER_OVERFLOW'],
    ['2,000 headers', headOf('X-Many: yes\r\n'.repeat(2000)), 431, 'HPE_HEADER_OVERFLOW'],
    ['something other than HTTP', 'NONSENSE\r\n\r\n', 400, 'HPE_INVALID_METHOD'],
    [
      'contradicting lengths of the body',
      'POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      'HPE_INVALID_TRANSFER_ENCODING',
    ],
  ])('with %s is rejected, and the connection is closed', async (_what, request, status, code) => {
    const reply = await sendRaw(app.url, request);
    const { code: actual, messages } = errorsIn(partsOf(reply).body);
    expect({ status: partsOf(reply).status, code: actual }).toEqual({ status, code });
    expect(messages).toEqual([status === 431 ? 'Request Header Fields Too Large' : 'Bad Request']);
    expect(reply.seconds).toBeLessThan(1);
  });

  it('with a malformed URL is rejected', async () => {
    expect(await errorOf(app, () => get('/%E0%A4%A'))).toEqual({
      status: 400,
      code: 'FST_ERR_BAD_URL',
      messages: ['The URL is malformed'],
    });
  });

  it('with another path or method is rejected, and a browser receives no IDE', async () => {
    const notFound = { status: 404, code: undefined, messages: ['Not found'] };
    for (const path of ['/admin', '/graphiql', '/graphql/', `/graphql/${'x'.repeat(3000)}`])
      expect(await errorOf(app, () => get(path, { accept: 'text/html' }))).toEqual(notFound);
    for (const method of ['PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${app.url}/graphql`, { method });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, POST']);
      expect(await response.json()).toEqual({ errors: [{ message: 'Method not allowed', extensions: {} }] });
    }
    const ide = await errorOf(app, () => get('/graphql', { accept: 'text/html' }));
    expect(ide).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });
});
