// The provider webhook: its signature, the bytes of its request, and how it reads an answer.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import type { Mobile } from '../../src/common/phone-number.ts';
import {
  isAuthenticWebhook,
  signWebhook,
  webhookHeaders,
  webhookKey,
} from '../../src/sms/providers/webhook/standard-webhooks.ts';
import type { SmsMessage } from '../../src/sms/sms-sender.ts';
import { codeBlocks } from '../support/markdown.ts';
import { smsMessage } from '../support/sms-message.ts';
import { readProjectFile } from '../support/sources.ts';
import { answerWith, withStubProvider } from '../support/stub-provider.ts';
import { describeFaults } from './provider-faults.ts';
import { ACCEPTED, createWebhookSender, KEY, SECRET } from './webhook-fixture.ts';

const BODY =
  '{"type":"code.send","id":"01J00000000000000000000001","to":"+8613800000000","channel":"sms","code":"012345",' +
  '"validForMinutes":5,"purpose":"REGISTER"}';
const MESSAGE = { id: '01J00000000000000000000001', timestampSeconds: 1_767_240_000, body: BODY };
const SIGNATURE = 'v1,DRBhIIXPeZjIRv09yKZ1+m4kFjXvv2BPnAcGnrwHDR8=';
const NOW_MS = MESSAGE.timestampSeconds * 1000;

describe('a signature of Standard Webhooks', () => {
  it.each([
    [
      'the example of the specification',
      {
        id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
        timestampSeconds: 1_614_265_330,
        body: '{"test": 2432232314}',
      },
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    ],
    ['a code', MESSAGE, SIGNATURE],
  ])('matches a known one: %s', (_what, message, signature) => {
    expect(signWebhook(message, KEY)).toBe(signature);
  });

  it.each(['{}', '验证码 🔑', '', 'a.b.c\n'])('is the same as that of the library, for %j', (body) => {
    const message = { ...MESSAGE, body };
    const library = new Webhook(SECRET);
    expect(signWebhook(message, KEY)).toBe(library.sign(message.id, new Date(NOW_MS), body));
  });

  it('is verified by the library', () => {
    const message = { ...MESSAGE, timestampSeconds: Math.floor(Date.now() / 1000) };
    expect(new Webhook(SECRET).verify(BODY, webhookHeaders(message, KEY))).toEqual(JSON.parse(BODY));
  });

  it('is authentic if the library made it', () => {
    const headers = {
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': String(MESSAGE.timestampSeconds),
      'webhook-signature': new Webhook(SECRET).sign(MESSAGE.id, new Date(NOW_MS), BODY),
    };
    expect(isAuthenticWebhook(headers, BODY, KEY, NOW_MS)).toBe(true);
  });

  const headers = webhookHeaders(MESSAGE, KEY);
  const other = signWebhook(MESSAGE, Buffer.alloc(32));

  it.each([
    ['alone', SIGNATURE],
    ['after that of another key', `${other} ${SIGNATURE}`],
    ['before one of another version', `${SIGNATURE} v1a,${SIGNATURE.slice(3)}`],
  ])('is authentic %s', (_how, signatures) => {
    expect(isAuthenticWebhook({ ...headers, 'webhook-signature': signatures }, BODY, KEY, NOW_MS)).toBe(true);
  });

  it.each([
    ['no signature', { 'webhook-signature': undefined }],
    ['an empty one', { 'webhook-signature': '' }],
    ['that of another key', { 'webhook-signature': other }],
    ['one without its version', { 'webhook-signature': SIGNATURE.slice(3) }],
    ['one of another version', { 'webhook-signature': SIGNATURE.replace('v1', 'v1a') }],
    ['one with a comma between', { 'webhook-signature': `${other},${SIGNATURE}` }],
    ['two headers', { 'webhook-signature': [SIGNATURE, SIGNATURE] }],
    ['another id', { 'webhook-id': 'another' }],
    ['no id', { 'webhook-id': undefined }],
    ['another timestamp', { 'webhook-timestamp': '1767240001' }],
    ['no timestamp', { 'webhook-timestamp': undefined }],
    ['a timestamp that is no number', { 'webhook-timestamp': '1767240000.0' }],
  ])('is not authentic with %s', (_what, changes) => {
    expect(isAuthenticWebhook({ ...headers, ...changes }, BODY, KEY, NOW_MS)).toBe(false);
  });

  it('is not authentic for another body', () => {
    expect(isAuthenticWebhook(headers, BODY.replace('012345', '543210'), KEY, NOW_MS)).toBe(false);
  });

  it('is authentic for five minutes before and after its time', () => {
    const minutes = (count: number) => NOW_MS + count * 60_000;
    for (const nowMs of [minutes(-5), minutes(5)])
      expect(isAuthenticWebhook(headers, BODY, KEY, nowMs)).toBe(true);
    for (const nowMs of [minutes(-5) - 1, minutes(5) + 1])
      expect(isAuthenticWebhook(headers, BODY, KEY, nowMs)).toBe(false);
  });
});

describe('a secret', () => {
  const secretOf = (bytes: number) => `whsec_${Buffer.alloc(bytes, 'key').toString('base64')}`;

  it.each([24, 25, 32, 64])('has a key of %d bytes', (bytes) => {
    expect(webhookKey(secretOf(bytes))).toEqual(Buffer.alloc(bytes, 'key'));
  });

  it.each([
    secretOf(23),
    secretOf(65),
    'whsec_',
    secretOf(32).replace('whsec_', ''),
    secretOf(32).replace('whsec_', 'whpk_'),
    secretOf(25).replace(/=+$/, ''),
    `${secretOf(24)}!`,
    secretOf(24).replace(/.$/, '-'),
  ])('is invalid: %s', (secret) => {
    expect(webhookKey(secret)).toBeUndefined();
  });
});

describe('a request to the service of an operator', () => {
  const EXAMPLE = { attemptId: MESSAGE.id, mobile: '+8613800000000' as Mobile, code: '012345' };
  const server = withStubProvider();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function requestTo(path: string, message: Partial<SmsMessage> = EXAMPLE) {
    jest.spyOn(Date, 'now').mockReturnValue(NOW_MS + 999);
    server.stub.answer = answerWith(ACCEPTED);
    const sender = createWebhookSender(`${server.url}${path}`);
    await sender.send(smsMessage(message));
    await sender.close();
    return server.stub.requests[0];
  }

  it('has the documented bytes and headers', async () => {
    const request = await requestTo('/sms');
    expect(request?.method).toBe('POST');
    expect(request?.body).toBe(BODY);
    expect(request?.headers).toEqual({
      host: new URL(server.url).host,
      connection: 'keep-alive',
      'content-length': String(Buffer.byteLength(BODY)),
      'content-type': 'application/json',
      accept: 'application/json',
      'webhook-id': MESSAGE.id,
      'webhook-timestamp': String(MESSAGE.timestampSeconds),
      'webhook-signature': SIGNATURE,
    });
  });

  it('is the example of the documentation', async () => {
    const documented = codeBlocks(readProjectFile('docs/providers.md'), 'http')[0] ?? '';
    const [head = '', body = ''] = documented.split('\n\n');
    const attemptId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    const request = await requestTo('/your/path', { attemptId, code: '042517' });
    const names = ['content-type', 'webhook-id', 'webhook-timestamp', 'webhook-signature'];
    const sent = names.map((name) => `${name}: ${request?.headers[name]}`);
    expect(head.replace('Content-Type', 'content-type').split('\n')).toEqual([
      'POST /your/path HTTP/1.1',
      ...sent,
    ]);
    expect(body.trim()).toBe(request?.body);
  });

  it.each([
    ['', '/'],
    ['/', '/'],
    ['/sms', '/sms'],
    ['/sms/', '/sms/'],
    ['/a%20b/c', '/a%20b/c'],
  ])('goes to the path of the URL as it is: %j', async (path, expected) => {
    expect((await requestTo(path))?.path).toBe(expected);
  });
});

describe('an answer of the service of an operator', () => {
  const server = withStubProvider();
  const message = smsMessage();

  async function outcomeOf(body: unknown, status = 200) {
    server.stub.answer = answerWith(body, status);
    const sender = createWebhookSender(server.url);
    const outcome = await sender.send(message);
    await sender.close();
    return outcome;
  }

  it.each([200, 201, 202, 299])('with HTTP %d and the outcome accepted means accepted', async (status) => {
    expect(await outcomeOf(ACCEPTED, status)).toEqual({ kind: 'accepted', messageId: 'gateway-42' });
  });

  it.each([undefined, '', 42, null])('means accepted with the message id %j too', async (messageId) => {
    expect(await outcomeOf({ outcome: 'accepted', messageId })).toEqual({
      kind: 'accepted',
      messageId: message.attemptId,
    });
  });

  it('means accepted with an id for the log if the id contains the code or the mobile', async () => {
    expect(await outcomeOf({ outcome: 'accepted', messageId: 'a-007042-13800138000' })).toEqual({
      kind: 'accepted',
      messageId: 'a-…-…',
    });
  });

  it.each([
    [300, 'with the outcome accepted'],
    [400, 'with the outcome accepted'],
    [500, 'with the outcome accepted'],
  ])('with HTTP %d %s leaves the outcome unknown', async (status, what) => {
    expect(await outcomeOf(ACCEPTED, status)).toEqual({
      kind: 'unknown',
      reason: `HTTP ${status} ${what}`,
      unreachable: true,
    });
  });

  it.each(['recipient', 'limit', 'account', 'content', 'provider'])(
    'with the outcome rejected and the reason %s means a rejection, with every status',
    async (reason) => {
      for (const status of [200, 404, 422, 429, 500]) {
        expect(await outcomeOf({ outcome: 'rejected', reason }, status)).toEqual({
          kind: 'rejected',
          cause: reason,
          reason,
          retryAfterSeconds: 10,
        });
      }
    },
  );

  it.each([undefined, '', 'Limit', 'constructor', '13800138000', 42])(
    'with the outcome rejected and the unknown reason %j is a rejection of the provider',
    async (reason) => {
      expect(await outcomeOf({ outcome: 'rejected', reason })).toEqual({
        kind: 'rejected',
        cause: 'provider',
        reason: 'rejected for an unknown reason',
        retryAfterSeconds: 10,
      });
    },
  );

  it.each([
    [1, 1],
    [60, 60],
    [1.2, 2],
    [86_400, 86_400],
    [86_401, 86_400],
    [0, 1],
    [-5, 1],
    ['60', 10],
    [null, 10],
    [undefined, 10],
  ])('with retryAfterSeconds %j advises to wait %d seconds', async (given, seconds) => {
    expect(await outcomeOf({ outcome: 'rejected', reason: 'limit', retryAfterSeconds: given })).toMatchObject(
      {
        retryAfterSeconds: seconds,
      },
    );
  });

  it.each([
    ['no outcome', { messageId: '1' }],
    ['an outcome in capitals', { outcome: 'REJECTED', reason: 'limit' }],
    ['an outcome within a list', [{ outcome: 'rejected', reason: 'limit' }]],
    ['an outcome that is no text', { outcome: true }],
    ['an outcome as text', '"rejected"'],
  ])('with %s leaves the outcome unknown', async (_what, body) => {
    for (const status of [200, 400, 503])
      expect(await outcomeOf(body, status)).toEqual({
        kind: 'unknown',
        reason: `HTTP ${status} without an outcome`,
        unreachable: true,
      });
  });
});

describe('the sender to the service of an operator', () => {
  describeFaults({
    createSender: (baseUrl, timeoutMs) => createWebhookSender(baseUrl, { timeoutMs }),
    acceptedBody: JSON.stringify(ACCEPTED),
    almostAcceptedBody: JSON.stringify({ ...ACCEPTED, outcome: 'Accepted' }),
  });
});
