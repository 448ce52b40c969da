// The sender of Tencent Cloud: its signature, the bytes of its request, and how it reads an answer.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { authorizationOf, signatureOf } from '../../src/sms/providers/tencent/tencent-signature.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, withStubProvider } from '../support/stub-provider.ts';
import { describeFaults } from './provider-faults.ts';
import {
  createTencentSender,
  errorAnswer,
  SECRET_ID,
  SECRET_KEY,
  SERIAL_NO,
  statusAnswer,
} from './tencent-fixture.ts';

const SIGNED_BODY =
  '{"PhoneNumberSet":["+8613800000000"],"SmsSdkAppId":"1400006666","SignName":"腾讯云","TemplateId":"1110",' +
  '"TemplateParamSet":["012345","5"],"SessionContext":"otp00001"}';

/** `content-type` and `host`, and after them further headers. */
function signedRequest(contentType: string, timestampSeconds = 1_767_240_000, more: [string, string][] = []) {
  const headers: [string, string][] = [
    ['content-type', contentType],
    ['host', 'sms.tencentcloudapi.com'],
    ...more,
  ];
  return { timestampSeconds, service: 'sms', headers, body: SIGNED_BODY };
}

describe('the signature of a request to Tencent Cloud', () => {
  const JSON_TYPE = 'application/json';
  const WITH_CHARSET = 'application/json; charset=utf-8';

  it.each([
    [
      'the shortest content type',
      signedRequest(JSON_TYPE),
      '374a82fb31cfc4ad60cf06d36c4bb53bf281e76807652109f730d4b77779e4bd',
    ],
    [
      'a content type with a charset',
      signedRequest(WITH_CHARSET),
      'aca9e673df9d3f42e234cb6a5b65c9518fbbb56df210f5e0b580a74437b2da86',
    ],
    [
      'the action as a third header, whose value is signed in lower case',
      signedRequest(JSON_TYPE, 1_767_240_000, [['x-tc-action', ' SendSms ']]),
      'cdcf030543ef7d9aeeb32a795a862824cc6db2b5effcf5b2325b8aa416e1ddad',
    ],
    [
      'the last second of a day in UTC, which is the next day in China',
      signedRequest(WITH_CHARSET, 1_767_225_599),
      'dfcf002c837ca036be3e244d7e9681cd31914fd5cbfab3defc9f7bdde5e7271c',
    ],
  ])('matches a known signature: %s', (_what, request, signature) => {
    expect(signatureOf(request, SECRET_KEY)).toBe(signature);
  });

  it('stands in the header Authorization after the credential scope and the names of the headers', () => {
    expect(authorizationOf(signedRequest(WITH_CHARSET, 1_767_225_599), SECRET_ID, SECRET_KEY)).toBe(
      'TC3-HMAC-SHA256 Credential=AKIDtestSecretId/2025-12-31/sms/tc3_request, SignedHeaders=content-type;host, ' +
        'Signature=dfcf002c837ca036be3e244d7e9681cd31914fd5cbfab3defc9f7bdde5e7271c',
    );
  });

  it('changes with the body, the host, the time and the key', () => {
    const request = signedRequest(JSON_TYPE);
    const signatures = [
      signatureOf(request, SECRET_KEY),
      signatureOf({ ...request, body: `${SIGNED_BODY} ` }, SECRET_KEY),
      signatureOf(
        {
          ...request,
          headers: [
            ['content-type', JSON_TYPE],
            ['host', 'sms.example'],
          ],
        },
        SECRET_KEY,
      ),
      signatureOf({ ...request, timestampSeconds: 1_767_240_001 }, SECRET_KEY),
      signatureOf(request, `${SECRET_KEY}x`),
    ];
    expect(new Set(signatures).size).toBe(5);
  });
});

describe('a request to Tencent Cloud', () => {
  const server = withStubProvider();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function requestOf(...message: Parameters<typeof smsMessage>) {
    server.stub.answer = answerWith(statusAnswer('Ok'));
    const sender = createTencentSender(server.url);
    await sender.send(smsMessage(...message));
    await sender.close();
    return server.stub.requests[0];
  }

  it('has the documented bytes', async () => {
    const request = await requestOf({
      attemptId: 'otp00001',
      mobile: '+8613800000000' as Mobile,
      code: '012345',
    });
    expect(request?.method).toBe('POST');
    expect(request?.path).toBe('/');
    expect(request?.body).toBe(SIGNED_BODY);
  });

  it('is signed with the headers that it has, at the second in which it is sent', async () => {
    const nowMs = Date.parse('2026-03-01T16:30:00.999Z');
    jest.spyOn(Date, 'now').mockReturnValue(nowMs);
    const { headers, body } = (await requestOf()) ?? { headers: {}, body: '' };
    const timestampSeconds = Math.floor(nowMs / 1000);
    const signed = {
      timestampSeconds,
      service: 'sms',
      headers: [
        ['content-type', 'application/json'],
        ['host', new URL(server.url).host],
      ] as const,
      body,
    };
    expect(headers).toEqual({
      host: new URL(server.url).host,
      connection: 'keep-alive',
      'content-length': String(Buffer.byteLength(body)),
      'content-type': 'application/json',
      'x-tc-action': 'SendSms',
      'x-tc-version': '2021-01-11',
      'x-tc-region': 'ap-guangzhou',
      'x-tc-timestamp': String(timestampSeconds),
      authorization: authorizationOf(signed, SECRET_ID, SECRET_KEY),
    });
  });

  it('does not contain the secret key', async () => {
    expect(JSON.stringify(await requestOf())).not.toContain(SECRET_KEY);
  });
});

describe('an answer of Tencent Cloud', () => {
  const server = withStubProvider();

  async function outcomeOf(body: unknown, status = 200) {
    server.stub.answer = answerWith(body, status);
    const sender = createTencentSender(server.url);
    const outcome = await sender.send(smsMessage());
    await sender.close();
    return outcome;
  }

  it('accepts the SMS with Ok and a serial number', async () => {
    expect(await outcomeOf(statusAnswer('Ok'))).toEqual({ kind: 'accepted', messageId: SERIAL_NO });
  });

  it('is read from its body, not from its HTTP status', async () => {
    expect(await outcomeOf(statusAnswer('Ok'), 500)).toMatchObject({ kind: 'accepted' });
    expect(await outcomeOf(errorAnswer('AuthFailure.SignatureFailure'), 401)).toMatchObject({
      kind: 'rejected',
    });
  });

  it.each([
    ['no serial number', statusAnswer('Ok', { SerialNo: undefined })],
    ['an empty serial number', statusAnswer('Ok', { SerialNo: '' })],
    ['a serial number that is no text', statusAnswer('Ok', { SerialNo: 42 })],
  ])('leaves the outcome unknown if it is Ok with %s', async (_what, body) => {
    expect(await outcomeOf(body)).toEqual({ kind: 'unknown', reason: 'accepted without a message id' });
  });

  it.each(['OK', 'ok', 'Ok ', 'Success', '0'])(
    'leaves the outcome unknown with the code %j',
    async (code) => {
      expect(await outcomeOf(statusAnswer(code, { SerialNo: SERIAL_NO }))).toMatchObject({ kind: 'unknown' });
    },
  );

  it.each([
    ['no status', { Response: { SendStatusSet: [], RequestId: '1' } }],
    ['no response', { SendStatusSet: statusAnswer('Ok').Response.SendStatusSet }],
    ['a status that is no object', { Response: { SendStatusSet: ['Ok'] } }],
    ['a code that is no text', statusAnswer('Ok', { Code: 0 })],
    [
      'statuses of two numbers',
      {
        Response: {
          SendStatusSet: [
            ...statusAnswer('LimitExceeded.PhoneNumberDailyLimit').Response.SendStatusSet,
            ...statusAnswer('Ok').Response.SendStatusSet,
          ],
        },
      },
    ],
  ])('leaves the outcome unknown with %s', async (_what, body) => {
    expect(await outcomeOf(body)).toEqual({
      kind: 'unknown',
      reason: 'HTTP 200 without a code',
      unreachable: true,
    });
  });

  it('accepts the SMS if a status says so, even with an error beside it', async () => {
    const { Response } = statusAnswer('Ok');
    const body = { Response: { ...Response, ...errorAnswer('InvalidParameterValue.X').Response } };
    expect(await outcomeOf(body)).toMatchObject({ kind: 'accepted' });
  });

  it('has a reason that begins with the code and contains nothing of the SMS', async () => {
    const message = '+8613800138000 007042 验证码007042 AKIDtestSecretId testSecretKey 超过限制';
    expect(
      await outcomeOf(statusAnswer('LimitExceeded.PhoneNumberOneHourLimit', { Message: message })),
    ).toEqual({
      kind: 'rejected',
      cause: 'limit',
      reason: 'LimitExceeded.PhoneNumberOneHourLimit … … 验证码… … … 超过限制',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await outcomeOf(errorAnswer('13800138000', '007042'))).toEqual({
      kind: 'unknown',
      reason: 'of another form …',
    });
  });
});

describe('the sender of Tencent Cloud', () => {
  describeFaults({
    createSender: (baseUrl, timeoutMs) => createTencentSender(baseUrl, { timeoutMs }),
    acceptedBody: JSON.stringify(statusAnswer('Ok')),
    almostAcceptedBody: JSON.stringify(statusAnswer('OK', { SerialNo: SERIAL_NO })),
  });
});
