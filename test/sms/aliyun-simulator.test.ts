// The simulated platform of Aliyun: its checks in their order, its answers and its reports.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SettingValues } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { aliyunLookUp } from '../../src/sms/providers/aliyun/aliyun-look-up.ts';
import type { aliyunProvider } from '../../src/sms/providers/aliyun/aliyun-provider.ts';
import { aliyunReports } from '../../src/sms/providers/aliyun/aliyun-reports.ts';
import {
  authorizationOf,
  encodeParameters,
  sha256,
} from '../../src/sms/providers/aliyun/aliyun-signature.ts';
import { rpcSignatureOf } from '../../src/sms/providers/aliyun/simulator/rpc-signature.ts';
import { aliyunSimulation } from '../../src/sms/providers/aliyun/simulator/simulated-aliyun.ts';
import type { AcceptedSms, ProviderSimulation } from '../../src/sms/simulator/provider-simulation.ts';
import { acceptedSms, gatewayRequest, SimulationServer } from '../support/simulation-server.ts';
import { smsMessage } from '../support/sms-message.ts';
import {
  ACCESS_KEY_ID,
  ACCESS_KEY_SECRET,
  ALIYUN_ENVIRONMENT,
  createAliyunApi,
  createAliyunSender,
  SIGN_NAME,
  TEMPLATE_CODE,
} from './aliyun-fixture.ts';

type Settings = SettingValues<(typeof aliyunProvider)['settings']>;
type Parameters = Readonly<Record<string, string>>;
type SentTo = (mobile: string) => readonly AcceptedSms[];

function simulate(sentTo: SentTo = () => [], environment: Record<string, string> = {}): ProviderSimulation {
  const { sms } = loadConfig({ SMS_PROVIDER: 'aliyun', ...ALIYUN_ENVIRONMENT, ...environment });
  const settings = sms.providers.find(({ name }) => name === 'aliyun')?.settings;
  return aliyunSimulation.create(settings as Settings, sentTo);
}

const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const FORM = 'application/x-www-form-urlencoded';
const SMS: Parameters = {
  PhoneNumbers: '13800138000',
  SignName: SIGN_NAME,
  TemplateCode: TEMPLATE_CODE,
  TemplateParam: '{"code":"007042"}',
  OutId: ATTEMPT_ID,
};

interface Changes {
  readonly action?: string;
  readonly parameters?: Parameters;
  readonly inQuery?: boolean;
  /** Before the request is signed. */
  readonly headers?: Parameters;
  /** After the request is signed. */
  readonly changed?: Record<string, string | undefined>;
  readonly secret?: string;
  readonly id?: string;
}

function v3(changes: Changes = {}) {
  const { parameters = SMS, inQuery = false } = changes;
  const body = inQuery ? '' : encodeParameters(parameters);
  const query = inQuery ? parameters : {};
  const headers: Record<string, string> = {
    host: '127.0.0.1:4100',
    'x-acs-action': changes.action ?? 'SendSms',
    'x-acs-version': '2017-05-25',
    'x-acs-date': '2026-03-01T16:30:00Z',
    'x-acs-signature-nonce': 'a-nonce',
    'x-acs-content-sha256': sha256(body),
    ...(!inQuery && { 'content-type': FORM }),
    ...changes.headers,
  };
  const signed = { method: 'POST', query, headers, body };
  const authorization = authorizationOf(
    signed,
    changes.id ?? ACCESS_KEY_ID,
    changes.secret ?? ACCESS_KEY_SECRET,
  );
  return gatewayRequest({
    body,
    query: new URLSearchParams(query),
    receivedAtMs: NOW_MS,
    headers: { ...headers, authorization, ...changes.changed },
  });
}

function rpc(method: 'GET' | 'POST', inQuery: boolean, changes: Parameters = {}) {
  const unsigned = {
    ...SMS,
    Action: 'SendSms',
    Version: '2017-05-25',
    Format: 'JSON',
    AccessKeyId: ACCESS_KEY_ID,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: 'a-nonce',
    Timestamp: '2026-03-01T16:30:00Z',
    ...changes,
  };
  const parameters = { ...unsigned, Signature: rpcSignatureOf(method, unsigned, ACCESS_KEY_SECRET) };
  return gatewayRequest({
    method,
    query: new URLSearchParams(inQuery ? parameters : {}),
    body: inQuery ? '' : encodeParameters(parameters),
    headers: inQuery ? {} : { 'content-type': FORM },
    receivedAtMs: NOW_MS,
  });
}

const withSms = (changes: Parameters) => v3({ parameters: { ...SMS, ...changes } });

let simulation: ProviderSimulation;
beforeEach(() => {
  simulation = simulate();
});

/** The HTTP status and the code of the answer. */
function codeOf(checked: ReturnType<ProviderSimulation['check']>): string {
  if (checked.kind === 'sms') return 'accepted';
  const { status, body } = checked.response;
  const answer = JSON.parse(body);
  expect(answer.RequestId).toMatch(/^[\dA-F-]{36}$/);
  expect('HostId' in answer && 'Recommend' in answer).toBe(status !== 200);
  return `${status} ${answer.Code}`;
}

describe('the simulated platform of Aliyun', () => {
  it.each([
    ['V3 with a form', v3()],
    ['V3 with a query', v3({ inQuery: true })],
    ['version 1.0, GET', rpc('GET', true)],
    ['version 1.0, POST with a query', rpc('POST', true)],
    ['version 1.0, POST with a form', rpc('POST', false)],
    [
      'version 1.0, as the older SDK of the vendor sends it',
      gatewayRequest({
        ...rpc('POST', false),
        headers: { 'content-type': FORM, 'x-acs-action': 'SendSms', 'x-acs-version': '2017-05-25' },
      }),
    ],
  ])('reads the SMS of a request signed by %s', (_what, request) => {
    expect(simulation.recognizes(request)).toBe(true);
    expect(simulation.check(request)).toEqual({
      kind: 'sms',
      sms: {
        mobile: '13800138000',
        code: '007042',
        text: '【阿里云短信测试】您的验证码是007042，5分钟内有效。如非本人操作，请忽略本短信。',
        attemptId: ATTEMPT_ID,
      },
    });
  });

  it('does not recognize requests of other protocols', () => {
    expect(simulation.recognizes(gatewayRequest({ headers: { 'x-tc-action': 'SendSms' } }))).toBe(false);
    const query = new URLSearchParams({ Action: 'SendSms' });
    expect(simulation.recognizes(gatewayRequest({ query }))).toBe(false);
  });

  it.each([
    ['400 MissingVersion', v3({ headers: { 'x-acs-version': '' } })],
    ['400 InvalidVersion', v3({ headers: { 'x-acs-version': '2016-09-27' } })],
    ['404 InvalidAction.NotFound', v3({ action: 'SendMms' })],
    ['404 InvalidAction.NotFound', v3({ action: 'toString' })],
    ['400 MissingAccessKeyId', v3({ changed: { authorization: undefined } })],
    ['400 MissingAccessKeyId', v3({ changed: { authorization: 'Basic x' } })],
    ['400 MissingPhoneNumbers', withSms({ PhoneNumbers: '' })],
    ['400 MissingSignName', withSms({ SignName: '' })],
    ['400 MissingTemplateCode', withSms({ TemplateCode: '' })],
    ['400 MissingTimestamp', v3({ headers: { 'x-acs-date': '' } })],
    ['400 InvalidTimeStamp.Format', v3({ headers: { 'x-acs-date': '2026-03-01 16:30:00' } })],
    ['400 InvalidTimeStamp.Expired', v3({ headers: { 'x-acs-date': '2026-03-01T16:14:59Z' } })],
    ['400 InvalidTimeStamp.Expired', v3({ headers: { 'x-acs-date': '2026-03-01T16:45:01Z' } })],
    ['400 MissingSignatureNonce', v3({ headers: { 'x-acs-signature-nonce': '' } })],
    ['404 InvalidAccessKeyId.NotFound', v3({ id: 'other' })],
    ['400 SignatureDoesNotMatch', v3({ secret: 'other' })],
    ['400 SignatureDoesNotMatch', v3({ changed: { host: 'other' } })],
    ['400 SignatureDoesNotMatch', v3({ headers: { 'x-acs-content-sha256': sha256('') } })],
    ['400 SignatureDoesNotMatch', v3({ changed: { 'x-acs-security-token': 'not signed' } })],
    ['400 SignatureDoesNotMatch', { ...v3(), body: encodeParameters({ ...SMS, OutId: 'x' }) }],
    ['400 SignatureDoesNotMatch', { ...rpc('POST', true), method: 'GET' }],
    ['400 SignatureDoesNotMatch', rpc('POST', true, { SignatureMethod: 'HMAC-SHA256' })],
  ])('answers %s', (code, request) => {
    expect(codeOf(simulation.check(request))).toBe(code);
  });

  it('accepts a clock that differs by 15 minutes', () => {
    for (const [nonce, date] of [
      ['1', '2026-03-01T16:15:00Z'],
      ['2', '2026-03-01T16:45:00Z'],
    ] as const) {
      const headers = { 'x-acs-signature-nonce': nonce, 'x-acs-date': date };
      expect(codeOf(simulation.check(v3({ headers })))).toBe('accepted');
    }
  });

  it('accepts each nonce once', () => {
    expect(codeOf(simulation.check(v3()))).toBe('accepted');
    expect(codeOf(simulation.check(v3()))).toBe('400 SignatureNonceUsed');
    expect(codeOf(simulation.check(rpc('GET', true)))).toBe('400 SignatureNonceUsed');
    expect(codeOf(simulation.check(v3({ headers: { 'x-acs-signature-nonce': 'new' } })))).toBe('accepted');
  });

  it.each(['+8613800138000', '8613800138000', '008613800138000'])('accepts the number %s', (number) => {
    expect(simulation.check(withSms({ PhoneNumbers: number }))).toMatchObject({
      sms: { mobile: '13800138000' },
    });
  });

  it.each([
    ['isv.MOBILE_NUMBER_ILLEGAL', { PhoneNumbers: '1380013800' }],
    ['isv.MOBILE_NUMBER_ILLEGAL', { PhoneNumbers: '+15005550006' }],
    ['isv.SMS_SIGNATURE_ILLEGAL', { SignName: 'other' }],
    ['isv.SMS_TEMPLATE_ILLEGAL', { TemplateCode: 'SMS_1' }],
    ['isv.INVALID_JSON_PARAM', { TemplateParam: '' }],
    ['isv.INVALID_JSON_PARAM', { TemplateParam: '{"code":"00' }],
    ['isv.INVALID_JSON_PARAM', { TemplateParam: '{"code":7042}' }],
    ['isv.TEMPLATE_MISSING_PARAMETERS', { TemplateParam: '{}' }],
    ['template_parameter_count_illegal', { TemplateParam: '{"code":"007042","minutes":"5"}' }],
    ['isv.TEMPLATE_PARAMS_ILLEGAL', { TemplateParam: '{"code":"0070420"}' }],
    ['isv.INVALID_PARAMETERS', { OutId: 'x'.repeat(257) }],
  ])('answers 200 %s to %j', (code, changes) => {
    expect(codeOf(simulation.check(withSms(changes)))).toBe(`200 ${code}`);
  });

  it('limits the SMS to one number', () => {
    expect(simulation.numberLimits).toEqual([
      { windowSeconds: 60, limit: 1, rejection: 'limit_minute' },
      { windowSeconds: 3600, limit: 5, rejection: 'limit_hour' },
      { windowSeconds: 86_400, limit: 10, rejection: 'limit_day' },
    ]);
  });
});

describe('the simulated QuerySendDetails', () => {
  const sms = { mobile: '13800138000', code: '007042', text: 'an SMS', attemptId: ATTEMPT_ID };
  const at = (messageId: string, state: AcceptedSms['state'], acceptedAtMs = NOW_MS) =>
    acceptedSms(sms, { messageId, state, acceptedAtMs });
  const sent = [at('3', 'waiting'), at('2', 'delivered'), at('1', 'undelivered', NOW_MS - 3_600_000)];

  function query(changes: Parameters = {}) {
    const parameters = {
      ...{ PhoneNumber: '13800138000', SendDate: '20260302', PageSize: '50', CurrentPage: '1' },
      ...changes,
    };
    const platform = simulate((mobile) => (mobile === sms.mobile ? sent : []));
    const checked = platform.check(v3({ action: 'QuerySendDetails', parameters }));
    return checked.kind === 'answered' ? JSON.parse(checked.response.body) : checked;
  }
  const statesOf = (answer: ReturnType<typeof query>) =>
    answer.SmsSendDetailDTOs.SmsSendDetailDTO.map((row: { SendStatus: number }) => row.SendStatus);

  it('lists the SMS of a day in China with their states', () => {
    expect(query()).toMatchObject({ Code: 'OK', TotalCount: '2' });
    expect(statesOf(query())).toEqual([1, 3]);
    expect(statesOf(query({ SendDate: '20260301' }))).toEqual([2]);
    expect(query().SmsSendDetailDTOs.SmsSendDetailDTO[1]).toEqual({
      PhoneNum: '13800138000',
      Content: 'an SMS',
      OutId: ATTEMPT_ID,
      SendDate: '2026-03-02 00:30:00',
      SendStatus: 3,
      ErrCode: 'DELIVERED',
    });
  });

  it('lists pages, one SMS, and none of another number', () => {
    expect(statesOf(query({ PageSize: '1', CurrentPage: '2' }))).toEqual([3]);
    expect(statesOf(query({ BizId: '3' }))).toEqual([1]);
    expect(statesOf(query({ PhoneNumber: '13900139000' }))).toEqual([]);
  });

  it.each<Parameters>([{ PageSize: '51' }, { PageSize: '0' }, { PageSize: 'x' }, { CurrentPage: '0' }])(
    'does not answer %j',
    (changes) => {
      expect(query(changes)).toMatchObject({ Code: 'isv.INVALID_PARAMETERS' });
    },
  );
});

describe('the sender of Aliyun and the simulated platform', () => {
  const platform = new SimulationServer();
  let baseUrl = '';
  beforeAll(async () => {
    baseUrl = await platform.start((sentTo) => simulate(sentTo));
  });
  afterAll(() => platform.stop());

  it('understand each other, and so does the look-up', async () => {
    const sender = createAliyunSender(baseUrl);
    const message = smsMessage();
    expect(await sender.send(message)).toEqual({ kind: 'accepted', messageId: 'message-1' });
    expect(platform.sms).toMatchObject([
      { mobile: '13800138000', code: '007042', attemptId: message.attemptId },
    ]);
    await sender.close();
    // The test server stores every SMS with the time 0.
    const api = createAliyunApi(baseUrl);
    const attempt = { attemptId: message.attemptId, mobile: message.mobile, startedAtMs: 0 };
    expect(await aliyunLookUp(api)(attempt, 5000)).toBe('accepted');
    expect(await aliyunLookUp(api)({ ...attempt, attemptId: 'another' }, 5000)).toBe('unknown');
    await api.close();
  });

  it('understand each other about a wrong key', async () => {
    const sender = createAliyunSender(baseUrl, { accessKeySecret: 'other' });
    expect(await sender.send(smsMessage())).toMatchObject({
      kind: 'rejected',
      cause: 'account',
      fault: 'credentials',
      reason: expect.stringMatching(/^SignatureDoesNotMatch /),
    });
    await sender.close();
  });

  it.each([
    ['recipient', { kind: 'rejected', cause: 'recipient' }],
    ['limit_minute', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 60 }],
    ['limit_hour', { kind: 'rejected', cause: 'limit' }],
    ['limit_day', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 86_400 }],
    ['account', { kind: 'rejected', cause: 'account', fault: 'balance' }],
    ['content', { kind: 'rejected', cause: 'content' }],
    ['throttled', { kind: 'rejected', cause: 'provider' }],
    ['system_error', { kind: 'unknown' }],
  ] as const)('understand each other about %s', async (rejection, outcome) => {
    const rejecting = new SimulationServer();
    const url = await rejecting.start(() => {
      const real = simulate();
      return { ...real, accept: (sms, _messageId, received) => real.reject(rejection, sms, received) };
    });
    const sender = createAliyunSender(url);
    expect(await sender.send(smsMessage())).toMatchObject(outcome);
    await sender.close();
    await rejecting.stop();
  });
});

describe('a report of the simulated platform of Aliyun', () => {
  const secret = 'a-secret-of-the-path';
  const reporting = simulate(() => [], { ALIYUN_REPORT_SECRET: secret });
  const sms = { mobile: '13800138000', code: '007042', text: '', attemptId: ATTEMPT_ID };

  it('goes to the path with the secret, and nowhere without one', () => {
    expect(reporting.reportPath).toBe('/aliyun/a-secret-of-the-path');
    expect(simulation.reportPath).toBeUndefined();
  });

  it.each(['delivered', 'undelivered'] as const)('says that an SMS is %s', (state) => {
    const { headers, body } = reporting.report(acceptedSms(sms, { messageId: '42', state }), NOW_MS);
    expect(headers).toEqual({ 'content-type': 'application/json' });
    expect(aliyunReports(secret).read({ headers, body, receivedAtMs: NOW_MS })).toEqual([
      {
        attemptId: ATTEMPT_ID,
        messageId: '42',
        mobile: '13800138000',
        ...(state === 'delivered'
          ? { code: 'DELIVERED', status: 'delivered', deliveredAtMs: NOW_MS }
          : { code: 'MOBILE_NOT_ON_SERVICE', status: 'undelivered', cause: 'recipient_unreachable' }),
      },
    ]);
  });
});
