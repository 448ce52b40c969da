// The sender of Aliyun: its signature, the bytes of its request, and how it reads an answer.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import {
  authorizationOf,
  canonicalRequestHash,
  encode,
  encodeParameters,
  sha256,
  signatureOf,
} from '../../src/sms/providers/aliyun/aliyun-signature.ts';
import { rpcSignatureOf } from '../../src/sms/providers/aliyun/simulator/rpc-signature.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, withStubProvider } from '../support/stub-provider.ts';
import {
  ACCESS_KEY_ID,
  ACCESS_KEY_SECRET,
  aliyunAnswer,
  BIZ_ID,
  createAliyunSender,
  SIGN_NAME,
  TEMPLATE_CODE,
} from './aliyun-fixture.ts';
import { describeFaults } from './provider-faults.ts';

const NONCE = '3156853299f313e23d1673dc12e1703d';
const TIME = '2026-01-01T04:00:00Z';
const PARAMETERS = {
  PhoneNumbers: '13800000000',
  SignName: SIGN_NAME,
  TemplateCode: TEMPLATE_CODE,
  TemplateParam: '{"code":"012345"}',
  OutId: 'otp00001',
};
const FORM = 'application/x-www-form-urlencoded';
const FORM_BODY = encodeParameters(PARAMETERS);
const FORM_SIGNATURE = '8a877e26198f76b7393e7787ae814f651a6d3199906700241f4259191d38d87e';

function signedRequest(query: Record<string, string>, body: string, more: Record<string, string> = {}) {
  const headers: Record<string, string> = {
    host: 'dysmsapi.aliyuncs.com',
    'x-acs-action': 'SendSms',
    'x-acs-version': '2017-05-25',
    'x-acs-date': TIME,
    'x-acs-signature-nonce': NONCE,
    'x-acs-content-sha256': sha256(body),
    ...more,
  };
  return { method: 'POST', query, headers, body };
}

const FORM_REQUEST = signedRequest({}, FORM_BODY, { 'content-type': FORM });

describe('the signature of a request to Aliyun', () => {
  it('encodes as RFC 3986 does', () => {
    expect(encode('a b*~!\'()+/="')).toBe('a%20b%2A~%21%27%28%29%2B%2F%3D%22');
    expect(encode('短信-_.~')).toBe('%E7%9F%AD%E4%BF%A1-_.~');
  });

  it('matches a known signature of a query', () => {
    const request = signedRequest(PARAMETERS, '');
    expect(canonicalRequestHash(request)).toBe(
      'acf809c507e365ca91630debcdd82144ca1e53b819bad3cd774cc9e2948e5386',
    );
    expect(signatureOf(request, ACCESS_KEY_SECRET)).toBe(
      '4cb2d7d7fa7dd85efac09357fd52c02174ee3b4c0882072d7ddb9750fa49b3f6',
    );
  });

  it('matches a known signature of a form', () => {
    expect(sha256(FORM_BODY)).toBe('9eb1f61870e6d23930e899a5006d49366ac20c327f5eda982e187253d1837aeb');
    expect(signatureOf(FORM_REQUEST, ACCESS_KEY_SECRET)).toBe(FORM_SIGNATURE);
  });

  it('stands in the header Authorization after the id of the key and the names of the headers', () => {
    expect(authorizationOf(FORM_REQUEST, ACCESS_KEY_ID, ACCESS_KEY_SECRET)).toBe(
      'ACS3-HMAC-SHA256 Credential=testAccessKeyId,SignedHeaders=content-type;host;x-acs-action;' +
        'x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,' +
        `Signature=${FORM_SIGNATURE}`,
    );
  });

  it.each([
    ['POST', 'WQht+uavOast42t081XoqkWOrNg='],
    ['GET', 'Bpzkey1l7A/cCs1Doy4Fzc22IkM='],
  ])('of version 1.0, which the simulator reads, matches a known one with %s', (method, signature) => {
    const parameters = {
      ...PARAMETERS,
      Action: 'SendSms',
      Version: '2017-05-25',
      Format: 'JSON',
      AccessKeyId: ACCESS_KEY_ID,
      SignatureMethod: 'HMAC-SHA1',
      SignatureVersion: '1.0',
      SignatureNonce: NONCE,
      Timestamp: TIME,
    };
    expect(rpcSignatureOf(method, parameters, ACCESS_KEY_SECRET)).toBe(signature);
    expect(rpcSignatureOf(method, { ...parameters, Signature: 'x' }, ACCESS_KEY_SECRET)).toBe(signature);
  });
});

describe('a request to Aliyun', () => {
  const server = withStubProvider();
  afterEach(() => {
    jest.restoreAllMocks();
  });

  async function requestOf(...message: Parameters<typeof smsMessage>) {
    server.stub.answer = answerWith(aliyunAnswer('OK'));
    const sender = createAliyunSender(server.url);
    await sender.send(smsMessage(...message));
    await sender.close();
    const request = server.stub.requests.at(-1);
    if (request === undefined) throw new Error('There was no request.');
    return request;
  }

  it('has the documented bytes, and neither the mobile nor the code in its URL', async () => {
    const mobile = '+8613800000000' as Mobile;
    const request = await requestOf({ attemptId: 'otp00001', mobile, code: '012345' });
    expect(request).toMatchObject({ method: 'POST', path: '/', body: FORM_BODY });
  });

  it('is signed with the headers that it has, at the second in which it is sent', async () => {
    jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-03-01T16:30:00.999Z'));
    const { headers, body } = await requestOf();
    const signed = {
      host: new URL(server.url).host,
      'content-type': FORM,
      'x-acs-action': 'SendSms',
      'x-acs-version': '2017-05-25',
      'x-acs-date': '2026-03-01T16:30:00Z',
      'x-acs-signature-nonce': String(headers['x-acs-signature-nonce']),
      'x-acs-content-sha256': sha256(body),
    };
    const request = { method: 'POST', query: {}, headers: signed, body };
    expect(headers).toEqual({
      ...signed,
      connection: 'keep-alive',
      'content-length': String(Buffer.byteLength(body)),
      accept: 'application/json',
      authorization: authorizationOf(request, ACCESS_KEY_ID, ACCESS_KEY_SECRET),
    });
  });

  it('has a new nonce each time, and never the secret', async () => {
    const requests = [await requestOf(), await requestOf()];
    const [first, second] = requests.map(({ headers }) => headers['x-acs-signature-nonce']);
    expect(first).toMatch(/^[\da-f]{32}$/);
    expect(first).not.toBe(second);
    expect(JSON.stringify(requests)).not.toContain(ACCESS_KEY_SECRET);
  });
});

describe('an answer of Aliyun', () => {
  const server = withStubProvider();

  async function outcomeOf(body: unknown, status = 200, headers: Record<string, string> = {}) {
    server.stub.answer = (response) => response.writeHead(status, headers).end(JSON.stringify(body));
    const sender = createAliyunSender(server.url);
    const outcome = await sender.send(smsMessage());
    await sender.close();
    return outcome;
  }

  it('accepts the SMS with OK, a message id and HTTP status 200', async () => {
    expect(await outcomeOf(aliyunAnswer('OK'))).toEqual({ kind: 'accepted', messageId: BIZ_ID });
  });

  it.each([200, 400, 403, 500, 503])('with HTTP status %d rejects the SMS by its code', async (status) => {
    expect(await outcomeOf(aliyunAnswer('SignatureDoesNotMatch', { HostId: 'x' }), status)).toMatchObject({
      kind: 'rejected',
      cause: 'account',
      fault: 'credentials',
    });
  });

  it.each([
    ['OK without a message id', 200, aliyunAnswer('OK', { BizId: undefined }), 'without a message id'],
    ['OK with an empty message id', 200, aliyunAnswer('OK', { BizId: '' }), 'without a message id'],
    ['OK with another status', 500, aliyunAnswer('OK'), 'with HTTP status 500'],
  ])('leaves the outcome unknown with %s', async (_what, status, body, lack) => {
    expect(await outcomeOf(body, status)).toEqual({ kind: 'unknown', reason: `accepted ${lack}` });
  });

  it.each(['Ok', 'ok', 'OK ', 'Success', '200', 'isp.SYSTEM_ERROR'])(
    'leaves the outcome unknown with the code %j',
    async (code) => {
      const outcome = await outcomeOf(aliyunAnswer(code, { BizId: BIZ_ID }));
      expect(outcome).toMatchObject({ kind: 'unknown' });
      expect(outcome).not.toHaveProperty('unreachable');
    },
  );

  it.each([
    ['no code', { Message: 'OK', BizId: BIZ_ID }],
    ['a code that is no text', aliyunAnswer('OK', { Code: 0 })],
    ['a list', [aliyunAnswer('OK')]],
  ])('leaves the outcome unknown with %s', async (_what, body) => {
    expect(await outcomeOf(body)).toEqual({
      kind: 'unknown',
      reason: 'HTTP 200 without a code',
      unreachable: true,
    });
  });

  it.each([
    ['1500', 2],
    ['60000', 60],
    ['999999999', 3600],
    ['0', 10],
    ['soon', 10],
  ])('that throttles for %s ms is waited for %d s', async (header, retryAfterSeconds) => {
    expect(
      await outcomeOf(aliyunAnswer('Throttling.User'), 400, { 'x-acs-retry-after': header }),
    ).toMatchObject({ kind: 'rejected', cause: 'provider', retryAfterSeconds });
  });

  it('ignores the header of throttling with another code', async () => {
    const headers = { 'x-acs-retry-after': '60000' };
    expect(await outcomeOf(aliyunAnswer('isv.MOBILE_NUMBER_ILLEGAL'), 200, headers)).toMatchObject({
      retryAfterSeconds: 10,
    });
  });

  it('has a reason that begins with the code and contains nothing of the SMS', async () => {
    const Message = '13800138000 007042 验证码007042 testAccessKeyId 触发小时级流控';
    expect(await outcomeOf(aliyunAnswer('isv.BUSINESS_LIMIT_CONTROL', { Message }))).toEqual({
      kind: 'rejected',
      cause: 'limit',
      reason: 'isv.BUSINESS_LIMIT_CONTROL … … 验证码… … 触发小时级流控',
      retryAfterSeconds: expect.any(Number),
    });
    expect(await outcomeOf(aliyunAnswer('13800138000', { Message: '007042' }))).toEqual({
      kind: 'unknown',
      reason: 'of another form …',
    });
  });
});

describe('the sender of Aliyun', () => {
  describeFaults({
    createSender: (baseUrl, timeoutMs) => createAliyunSender(baseUrl, { timeoutMs }),
    acceptedBody: JSON.stringify(aliyunAnswer('OK')),
    almostAcceptedBody: JSON.stringify(aliyunAnswer('Ok', { BizId: BIZ_ID })),
  });
});
