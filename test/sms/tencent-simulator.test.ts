// The simulated platform of Tencent Cloud: its checks in their order, its answers and its reports.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SettingValues } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { tencentSimulation } from '../../src/sms/providers/tencent/simulator/simulated-tencent.ts';
import type { tencentProvider } from '../../src/sms/providers/tencent/tencent-provider.ts';
import { tencentReports } from '../../src/sms/providers/tencent/tencent-reports.ts';
import { authorizationOf } from '../../src/sms/providers/tencent/tencent-signature.ts';
import type { ProviderSimulation } from '../../src/sms/simulator/provider-simulation.ts';
import { acceptedSms, gatewayRequest, SimulationServer } from '../support/simulation-server.ts';
import { smsMessage } from '../support/sms-message.ts';
import { createTencentSender, SECRET_ID, SECRET_KEY, TENCENT_ENVIRONMENT } from './tencent-fixture.ts';

type Settings = SettingValues<(typeof tencentProvider)['settings']>;

function simulate(environment: Record<string, string> = {}): ProviderSimulation {
  const { sms } = loadConfig({ SMS_PROVIDER: 'tencent', ...TENCENT_ENVIRONMENT, ...environment });
  return tencentSimulation.create(sms.providers[0]?.settings as Settings, () => []);
}

const simulation = simulate();
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const HOST = '127.0.0.1:4100';

const BODY = {
  PhoneNumberSet: ['+8613800138000'],
  SmsSdkAppId: '1400006666',
  SignName: '腾讯云',
  TemplateId: '1110',
  TemplateParamSet: ['007042', '5'],
  SessionContext: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
};

interface Changes {
  readonly body?: string;
  readonly headers?: Record<string, string | undefined>;
  readonly signed?: readonly (readonly [string, string])[];
  readonly service?: string;
  readonly secretId?: string;
  readonly secretKey?: string;
  readonly signedAtMs?: number;
}

/** A valid request with these changes. It is signed after the changes of `body`, and before those of `headers`. */
function request(changes: Changes = {}) {
  const body = changes.body ?? JSON.stringify(BODY);
  const timestampSeconds = Math.floor((changes.signedAtMs ?? NOW_MS) / 1000);
  const headers = changes.signed ?? [
    ['content-type', 'application/json'],
    ['host', HOST],
  ];
  const signed = { timestampSeconds, service: changes.service ?? 'sms', headers, body };
  return gatewayRequest({
    body,
    receivedAtMs: NOW_MS,
    headers: {
      host: HOST,
      'content-type': 'application/json',
      'x-tc-action': 'SendSms',
      'x-tc-version': '2021-01-11',
      'x-tc-region': 'ap-guangzhou',
      'x-tc-timestamp': String(timestampSeconds),
      authorization: authorizationOf(signed, changes.secretId ?? SECRET_ID, changes.secretKey ?? SECRET_KEY),
      ...changes.headers,
    },
  });
}

const withBody = (changes: Record<string, unknown>) =>
  request({ body: JSON.stringify({ ...BODY, ...changes }) });

/** The code of the answer, and where it stands. */
function codeOf(checked: ReturnType<ProviderSimulation['check']>): string {
  if (checked.kind === 'sms') return 'accepted';
  expect(checked.response).toMatchObject({ status: 200, contentType: 'application/json' });
  const { Response } = JSON.parse(checked.response.body);
  expect(Response.RequestId).toMatch(/^[\da-f-]{36}$/);
  return Response.Error ? `Error ${Response.Error.Code}` : `Status ${Response.SendStatusSet[0].Code}`;
}

describe('the simulated platform of Tencent Cloud', () => {
  it('recognizes requests by their action', () => {
    expect(simulation.recognizes(request())).toBe(true);
    expect(simulation.recognizes(gatewayRequest({ headers: { 'webhook-id': '1' } }))).toBe(false);
  });

  it('reads the SMS of a valid request', () => {
    expect(simulation.check(request())).toEqual({
      kind: 'sms',
      sms: {
        mobile: '13800138000',
        code: '007042',
        text: '【腾讯云】您的验证码是007042，请于5分钟内填写。如非本人操作，请忽略本短信。',
        attemptId: BODY.SessionContext,
      },
    });
  });

  it.each([
    [
      'a charset',
      {
        signed: [
          ['content-type', 'application/json; charset=utf-8'],
          ['host', HOST],
        ],
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    ],
    [
      'the action signed',
      {
        signed: [
          ['content-type', 'application/json'],
          ['host', HOST],
          ['x-tc-action', 'sendsms'],
        ],
      },
    ],
    [
      'the host signed without its port',
      {
        signed: [
          ['content-type', 'application/json'],
          ['host', '127.0.0.1'],
        ],
      },
    ],
    ['the first label of the host as the service', { service: '127' }],
    ['a clock that is 299 seconds late', { signedAtMs: NOW_MS - 299_000 }],
    ['a clock that is 299 seconds early', { signedAtMs: NOW_MS + 299_000 }],
  ] satisfies [string, Changes][])('accepts a request with %s', (_what, changes) => {
    expect(codeOf(simulation.check(request(changes)))).toBe('accepted');
  });

  it.each(['13800138000', '8613800138000', '008613800138000'])('accepts the number %s', (number) => {
    expect(simulation.check(withBody({ PhoneNumberSet: [number] }))).toMatchObject({
      sms: { mobile: '13800138000' },
    });
  });

  it.each([
    ['no action', 'MissingParameter', { headers: { 'x-tc-action': undefined } }],
    ['another version', 'NoSuchVersion', { headers: { 'x-tc-version': '2019-07-11' } }],
    ['another action', 'InvalidAction', { headers: { 'x-tc-action': 'PullSmsSendStatus' } }],
    ['no timestamp', 'MissingParameter', { headers: { 'x-tc-timestamp': undefined } }],
    ['a timestamp that is no number', 'MissingParameter', { headers: { 'x-tc-timestamp': 'now' } }],
    ['a clock that is late', 'AuthFailure.SignatureExpire', { signedAtMs: NOW_MS - 301_000 }],
    ['a clock that is early', 'AuthFailure.SignatureExpire', { signedAtMs: NOW_MS + 301_000 }],
    ['no authorization', 'AuthFailure.InvalidAuthorization', { headers: { authorization: undefined } }],
    ['another scheme', 'AuthFailure.InvalidAuthorization', { headers: { authorization: 'Basic YTpi' } }],
    ['the service of another product', 'AuthFailure.InvalidAuthorization', { service: 'cvm' }],
    [
      'a date that is not that of the timestamp',
      'AuthFailure.InvalidAuthorization',
      { headers: { authorization: request({ signedAtMs: NOW_MS - 86_400_000 }).headers.authorization } },
    ],
    ['another account', 'AuthFailure.SecretIdNotFound', { secretId: 'AKIDother' }],
    ['another key', 'AuthFailure.SignatureFailure', { secretKey: 'other' }],
    [
      'another content type than the signed one',
      'AuthFailure.SignatureFailure',
      { headers: { 'content-type': 'text/plain' } },
    ],
    ['another host than the signed one', 'AuthFailure.SignatureFailure', { headers: { host: 'other' } }],
    ['no signed host', 'AuthFailure.SignatureFailure', { signed: [['content-type', 'application/json']] }],
    ['no signed content type', 'AuthFailure.SignatureFailure', { signed: [['host', HOST]] }],
    ['no region', 'MissingParameter', { headers: { 'x-tc-region': undefined } }],
    ['another region', 'UnsupportedRegion', { headers: { 'x-tc-region': 'mars' } }],
    ['half a body', 'FailedOperation.JsonParseFail', { body: '{"PhoneNumberSet":["+86138' }],
    ['a body that is a list', 'FailedOperation.JsonParseFail', { body: '[]' }],
  ] satisfies [string, string, Changes][])('answers %s with the error %s', (_what, code, changes) => {
    expect(codeOf(simulation.check(request(changes)))).toBe(`Error ${code}`);
  });

  it('does not read a body that was changed after it was signed', () => {
    const changed = { ...request(), body: JSON.stringify({ ...BODY, PhoneNumberSet: ['+8613900139000'] }) };
    expect(codeOf(simulation.check(changed))).toBe('Error AuthFailure.SignatureFailure');
  });

  it.each([
    ['no numbers', 'Error MissingParameter.EmptyPhoneNumberSet', { PhoneNumberSet: [] }],
    [
      'no list of numbers',
      'Error MissingParameter.EmptyPhoneNumberSet',
      { PhoneNumberSet: '+8613800138000' },
    ],
    [
      'two numbers',
      'Error LimitExceeded.PhoneNumberCountLimit',
      { PhoneNumberSet: ['13800138000', '13900139000'] },
    ],
    [
      'another application',
      'Error UnauthorizedOperation.SmsSdkAppIdVerifyFail',
      { SmsSdkAppId: '1400000001' },
    ],
    [
      'a number that is too short',
      'Status InvalidParameterValue.IncorrectPhoneNumber',
      { PhoneNumberSet: ['+861380013800'] },
    ],
    [
      'a number abroad',
      'Status InvalidParameterValue.IncorrectPhoneNumber',
      { PhoneNumberSet: ['+15005550006'] },
    ],
    ['another signature', 'Status FailedOperation.SignatureIncorrectOrUnapproved', { SignName: '' }],
    ['another template', 'Status FailedOperation.TemplateIncorrectOrUnapproved', { TemplateId: '1111' }],
    [
      'one variable',
      'Status FailedOperation.TemplateParamSetNotMatchApprovedTemplate',
      { TemplateParamSet: ['007042'] },
    ],
    [
      'a word as a variable',
      'Status InvalidParameterValue.TemplateParameterFormatError',
      { TemplateParamSet: ['007042', 'five'] },
    ],
    [
      'seven digits',
      'Status InvalidParameterValue.TemplateParameterFormatError',
      { TemplateParamSet: ['0070420', '5'] },
    ],
    [
      'a number as a variable',
      'Status InvalidParameterValue.TemplateParameterFormatError',
      { TemplateParamSet: ['007042', 5] },
    ],
  ])('answers %s with the %s', (_what, code, changes) => {
    expect(codeOf(simulation.check(withBody(changes)))).toBe(code);
  });

  it('limits the SMS to one number as an account whose daily limit was raised', () => {
    expect(simulation.numberLimits).toEqual([
      { windowSeconds: 30, limit: 1, rejection: 'limit_minute' },
      { windowSeconds: 86_400, limit: 10, rejection: 'limit_day' },
    ]);
  });
});

describe('the sender of Tencent Cloud and the simulated platform', () => {
  const platform = new SimulationServer();
  let baseUrl = '';
  beforeAll(async () => {
    baseUrl = await platform.start(() => simulate());
  });
  afterAll(() => platform.stop());

  it('understand each other', async () => {
    const sender = createTencentSender(baseUrl);
    const message = smsMessage();
    expect(await sender.send(message)).toEqual({ kind: 'accepted', messageId: 'message-1' });
    expect(platform.sms).toMatchObject([
      { mobile: '13800138000', code: '007042', attemptId: message.attemptId },
    ]);
    await sender.close();
  });

  it('understand each other about a wrong key', async () => {
    const sender = createTencentSender(baseUrl, { secretKey: 'other' });
    expect(await sender.send(smsMessage())).toMatchObject({
      kind: 'rejected',
      cause: 'account',
      fault: 'credentials',
      reason: expect.stringMatching(/^AuthFailure\.SignatureFailure /),
    });
    await sender.close();
  });

  it.each([
    ['recipient', { kind: 'rejected', cause: 'recipient' }],
    ['limit_minute', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 60 }],
    ['limit_hour', { kind: 'rejected', cause: 'limit' }],
    ['limit_day', { kind: 'rejected', cause: 'limit' }],
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
    const sender = createTencentSender(url);
    expect(await sender.send(smsMessage())).toMatchObject(outcome);
    await sender.close();
    await rejecting.stop();
  });
});

describe('a report of the simulated platform', () => {
  const reporting = simulate({ TENCENT_REPORT_SECRET: 'a-secret-of-the-path' });
  const sms = { mobile: '13800138000', code: '007042', text: '', attemptId: BODY.SessionContext };

  it('goes to the path with the secret, and nowhere without one', () => {
    expect(reporting.reportPath).toBe('/tencent/a-secret-of-the-path');
    expect(simulation.reportPath).toBeUndefined();
  });

  it.each(['delivered', 'undelivered'] as const)('says that an SMS is %s', (state) => {
    const { headers, body } = reporting.report(acceptedSms(sms, { messageId: '42', state }), NOW_MS);
    expect(headers).toEqual({ 'content-type': 'application/json' });
    const reports = tencentReports('a-secret-of-the-path').read({ headers, body, receivedAtMs: NOW_MS });
    expect(reports).toEqual([
      {
        attemptId: BODY.SessionContext,
        messageId: '42',
        mobile: '13800138000',
        ...(state === 'delivered'
          ? { code: 'DELIVRD', status: 'delivered', deliveredAtMs: NOW_MS }
          : { code: 'UNDELIV', status: 'undelivered', cause: 'recipient_unreachable' }),
      },
    ]);
  });
});
