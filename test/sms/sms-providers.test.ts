// Every provider that SMS_PROVIDER can name fulfils the contract of SMS providers.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { InstrumentedSmsSender } from '../../src/sms/delivery/instrumented-sms-sender.ts';
import { type SmsProviderName, smsProvider, smsProviderNames } from '../../src/sms/providers/providers.ts';
import type { SmsOutcome, SmsSender } from '../../src/sms/sms-sender.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';
import { json, TestGateway } from '../support/test-gateway.ts';
import { ALIYUN_ENVIRONMENT, aliyunAnswer } from './aliyun-fixture.ts';
import { describeSmsSender, type SenderUnderTest } from './sms-sender-contract.ts';
import { errorAnswer, statusAnswer, TENCENT_ENVIRONMENT } from './tencent-fixture.ts';
import { SECRET as WEBHOOK_SECRET } from './webhook-fixture.ts';

const ACCOUNT = {
  YUNTONGXUN_ACCOUNT_SID: '8a216da85f0000000000000000000001',
  YUNTONGXUN_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
  YUNTONGXUN_APP_ID: '8a216da85f0000000000000000000002',
  ...ALIYUN_ENVIRONMENT,
  ...TENCENT_ENVIRONMENT,
  SMS_WEBHOOK_URL: 'https://sms.example/send',
  SMS_WEBHOOK_SECRET: WEBHOOK_SECRET,
};

function startProvider(
  name: SmsProviderName,
  environment: Record<string, string> = {},
  print: (line: string) => void = () => {},
) {
  const { sms } = loadConfig({ ...ACCOUNT, SMS_PROVIDER: name, ...environment });
  return smsProvider(name).start(sms.providers[0]?.settings ?? {}, print);
}

const contractTests: Record<SmsProviderName, () => Promise<SenderUnderTest>> = {
  yuntongxun: startYuntongxun,
  aliyun: startAliyun,
  tencent: startTencent,
  webhook: startWebhook,
  simulated: () => startPrinting('simulated'),
  console: () => startPrinting('console'),
};

for (const name of smsProviderNames) describeSmsSender(name, contractTests[name]);

async function startYuntongxun(): Promise<SenderUnderTest> {
  const gateway = new TestGateway();
  gateway.answer = (response) => {
    const smsMessageSid = randomBytes(16).toString('hex');
    json(response, 200, {
      statusCode: '000000',
      templateSMS: { smsMessageSid, dateCreated: '20260302003001' },
    });
  };
  const { sender } = await startProvider('yuntongxun', {
    YUNTONGXUN_BASE_URL: await gateway.start(),
    YUNTONGXUN_CONNECTIONS: '4',
  });
  const secrets = [ACCOUNT.YUNTONGXUN_AUTH_TOKEN];
  return {
    sender,
    delivered: () => gateway.requests.map(({ code }) => code),
    breakDown() {
      gateway.answer = (response, { path, headers, to, code }) => {
        const sig = path.slice(path.indexOf('sig=') + 4);
        secrets.push(sig, String(headers.authorization));
        json(response, 200, {
          statusCode: '160042',
          statusMsg: `${to} +86${to} ${code} 验证码${code} ${sig} ${headers.authorization} ${secrets[0]}`,
        });
      };
    },
    secrets,
    async stop() {
      await sender.close().catch(() => {}); // some tests have closed it
      await gateway.stop();
    },
  };
}

async function startAliyun(): Promise<SenderUnderTest> {
  const stub = new StubProvider();
  stub.answer = (response, request) =>
    answerWith(aliyunAnswer('OK', { BizId: randomBytes(16).toString('hex') }))(response, request);
  const { sender } = await startProvider('aliyun', {
    ALIYUN_BASE_URL: await stub.start(),
    ALIYUN_CONNECTIONS: '4',
  });
  const secrets = [ACCOUNT.ALIYUN_ACCESS_KEY_SECRET];
  return {
    sender,
    delivered: () =>
      stub.requests.map(({ body }) => JSON.parse(new URLSearchParams(body).get('TemplateParam') ?? '').code),
    breakDown() {
      stub.answer = (response, request) => {
        const { authorization } = request.headers;
        secrets.push(String(authorization), String(authorization).slice(-64));
        const Message = `${request.body} ${authorization} ${secrets[0]}`;
        answerWith(aliyunAnswer('isv.MOBILE_NUMBER_ILLEGAL', { Message }))(response, request);
      };
    },
    secrets,
    async stop() {
      await sender.close().catch(() => {}); // some tests have closed it
      await stub.stop();
    },
  };
}

async function startTencent(): Promise<SenderUnderTest> {
  const stub = new StubProvider();
  stub.answer = (response, request) =>
    answerWith(statusAnswer('Ok', { SerialNo: randomBytes(16).toString('hex') }))(response, request);
  const { sender } = await startProvider('tencent', {
    TENCENT_BASE_URL: await stub.start(),
    TENCENT_CONNECTIONS: '4',
  });
  const secrets = [ACCOUNT.TENCENT_SECRET_KEY];
  return {
    sender,
    delivered: () => stub.requests.map(({ body }) => JSON.parse(body).TemplateParamSet[0]),
    breakDown() {
      stub.answer = (response, request) => {
        const { authorization } = request.headers;
        secrets.push(String(authorization), String(authorization).slice(-64));
        const message = `${request.body} ${authorization} ${secrets[0]}`;
        answerWith(errorAnswer('InvalidParameterValue.IncorrectPhoneNumber', message))(response, request);
      };
    },
    secrets,
    async stop() {
      await sender.close().catch(() => {}); // some tests have closed it
      await stub.stop();
    },
  };
}

async function startWebhook(): Promise<SenderUnderTest> {
  const stub = new StubProvider();
  stub.answer = (response, request) =>
    answerWith({ outcome: 'accepted', messageId: randomBytes(16).toString('hex') })(response, request);
  const { sender } = await startProvider('webhook', {
    SMS_WEBHOOK_URL: `${await stub.start()}/sms`,
    SMS_WEBHOOK_CONNECTIONS: '4',
  });
  const secrets = [ACCOUNT.SMS_WEBHOOK_SECRET, ACCOUNT.SMS_WEBHOOK_SECRET.replace('whsec_', '')];
  return {
    sender,
    delivered: () => stub.requests.map(({ body }) => JSON.parse(body).code),
    breakDown() {
      stub.answer = (response, request) => {
        secrets.push(String(request.headers['webhook-signature']));
        const reason = `${request.body} ${request.headers['webhook-signature']} ${secrets[0]}`;
        answerWith({ outcome: 'rejected', reason }, 422)(response, request);
      };
    },
    secrets,
    async stop() {
      await sender.close().catch(() => {});
      await stub.stop();
    },
  };
}

/** A provider that shows its messages in the terminal. */
async function startPrinting(name: 'simulated' | 'console'): Promise<SenderUnderTest> {
  const lines: string[] = [];
  let isBroken = false;
  const { sender } = await startProvider(name, {}, (line) => {
    if (isBroken) throw new Error(`not writable: ${line}`);
    lines.push(line);
  });
  return {
    sender,
    delivered: () => lines,
    breakDown() {
      isBroken = true;
    },
    secrets: [],
    stop: () => sender.close().catch(() => {}),
  };
}

describe('a started provider', () => {
  it.each([
    ['yuntongxun', {}, 5000, 64],
    ['yuntongxun', { YUNTONGXUN_TIMEOUT_SECONDS: '30', YUNTONGXUN_CONNECTIONS: '8' }, 30_000, 8],
    ['yuntongxun', { YUNTONGXUN_TIMEOUT_SECONDS: '2.5' }, 2500, 64],
    ['aliyun', {}, 5000, 64],
    ['aliyun', { ALIYUN_TIMEOUT_SECONDS: '2.5', ALIYUN_CONNECTIONS: '8' }, 2500, 8],
    ['tencent', {}, 5000, 64],
    ['tencent', { TENCENT_TIMEOUT_SECONDS: '2.5', TENCENT_CONNECTIONS: '8' }, 2500, 8],
    ['webhook', {}, 5000, 64],
    ['webhook', { SMS_WEBHOOK_TIMEOUT_SECONDS: '2.5', SMS_WEBHOOK_CONNECTIONS: '8' }, 2500, 8],
    ['simulated', { YUNTONGXUN_TIMEOUT_SECONDS: '30' }, 5000, 64],
    ['console', { YUNTONGXUN_TIMEOUT_SECONDS: '30' }, 5000, 64],
  ] as const)('%s with %j reports its time-out and its connections', async (...row) => {
    const [name, environment, timeoutMs, connections] = row;
    const provider = await startProvider(name, environment);
    await provider.sender.close();
    expect(provider).toMatchObject({ timeoutMs, connections });
  });

  it.each(smsProviderNames)('%s has a simulated phone only if it is the simulated provider', async (name) => {
    const { sender, phone } = await startProvider(name);
    await sender.close();
    expect(phone === undefined).toBe(name !== 'simulated');
  });
});

describe('the delivery reports of a provider', () => {
  const readerOf = async (name: SmsProviderName, environment: Record<string, string> = {}) => {
    const { sender, reports } = await startProvider(name, environment);
    await sender.close();
    return reports;
  };

  it.each([
    ['aliyun', 'ALIYUN_REPORT_SECRET'],
    ['tencent', 'TENCENT_REPORT_SECRET'],
  ] as const)('of %s are read if their secret is set', async (name, setting) => {
    expect(await readerOf(name)).toBeUndefined();
    const reader = await readerOf(name, { [setting]: 'a-secret-of-the-path' });
    expect(reader?.pathSecret).toBe('a-secret-of-the-path');
  });

  it('of webhook are always read, because they are signed', async () => {
    const reader = await readerOf('webhook');
    expect(reader?.pathSecret).toBeUndefined();
    expect(reader?.isAuthentic?.({ headers: {}, body: '', receivedAtMs: 0 })).toBe(false);
  });
});

describe('a provider for development', () => {
  const message = smsMessage();

  it.each([
    [
      'simulated',
      'SMS to 138****8000: 【云通讯】您使用的是云通讯短信模板，您的验证码是007042，请于5分钟内正确输入',
    ],
    ['console', 'SMS to 138****8000: 007042, valid for 5 minutes'],
  ] as const)('%s prints one line with the masked mobile and the code', async (name, line) => {
    const lines: string[] = [];
    const { sender } = await startProvider(name, {}, (printed) => lines.push(printed));
    await sender.send(message);
    await sender.close();
    expect(lines).toEqual([line]);
  });
});

describe('InstrumentedSmsSender', () => {
  it('reports every outcome with its duration and returns it unchanged', async () => {
    const outcomes: SmsOutcome[] = [
      { kind: 'accepted', messageId: '1' },
      { kind: 'rejected', cause: 'recipient', reason: '160042', retryAfterSeconds: 10 },
      { kind: 'unknown', reason: 'time-out' },
    ];
    let isClosed = false;
    const provider: SmsSender = {
      send: async ({ code }) => outcomes[Number(code)] as SmsOutcome,
      async close() {
        isClosed = true;
      },
    };
    const observed: unknown[][] = [];
    const sender = new InstrumentedSmsSender(provider, (...facts) => observed.push(facts), 'yuntongxun');
    for (const [index, outcome] of outcomes.entries()) {
      expect(await sender.send(smsMessage({ code: String(index) }))).toBe(outcome);
      expect(observed[index]).toEqual([outcome, expect.any(Number)]);
      expect(observed[index]?.[1]).toBeGreaterThanOrEqual(0);
    }
    await sender.close();
    expect(isClosed).toBe(true);
  });
});
