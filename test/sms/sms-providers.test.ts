// Every provider that SMS_PROVIDER can name keeps the same promises.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { InstrumentedSmsSender } from '../../src/sms/delivery/instrumented-sms-sender.ts';
import { startSmsProvider } from '../../src/sms/providers/providers.ts';
import type { SmsOutcome, SmsSender } from '../../src/sms/sms-sender.ts';
import { json, TestGateway } from '../support/test-gateway.ts';
import { describeSmsSender, type SenderUnderTest } from './sms-sender-contract.ts';

const ACCOUNT = {
  accountSid: '8a216da85f0000000000000000000001',
  authToken: '0123456789abcdef0123456789abcdef',
  appId: '8a216da85f0000000000000000000002',
};

describeSmsSender('yuntongxun', async () => {
  const gateway = new TestGateway();
  gateway.answer = (response) => {
    const smsMessageSid = randomBytes(16).toString('hex');
    json(response, 200, {
      statusCode: '000000',
      templateSMS: { smsMessageSid, dateCreated: '20260302003001' },
    });
  };
  const baseUrl = await gateway.start();
  const settings = { ...ACCOUNT, baseUrl, templateId: '1', timeoutSeconds: 5, connections: 4 };
  const { sender } = await startSmsProvider({ provider: 'yuntongxun', ...settings }, () => {});
  const secrets = [ACCOUNT.authToken];
  return {
    sender,
    delivered: () => gateway.requests.map(({ code }) => code),
    breakDown() {
      gateway.answer = (response, { path, headers, to, code }) => {
        const sig = path.slice(path.indexOf('sig=') + 4);
        secrets.push(sig, String(headers.authorization));
        json(response, 200, {
          statusCode: '160042',
          statusMsg: `${to} +86${to} ${code} 验证码${code} ${sig} ${headers.authorization} ${ACCOUNT.authToken}`,
        });
      };
    },
    secrets,
    async stop() {
      await sender.close().catch(() => {}); // some tests have closed it
      await gateway.stop();
    },
  };
});

describeSmsSender('simulated', () => startPrinting('simulated'));

describeSmsSender('console', () => startPrinting('console'));

/** A provider whose texts are lines at the terminal. */
async function startPrinting(provider: 'simulated' | 'console'): Promise<SenderUnderTest> {
  const lines: string[] = [];
  let broken = false;
  const { sender } = await startSmsProvider({ provider }, (line) => {
    if (broken) throw new Error(`nobody can read: ${line}`);
    lines.push(line);
  });
  return {
    sender,
    delivered: () => lines,
    breakDown() {
      broken = true;
    },
    secrets: [],
    stop: () => sender.close().catch(() => {}),
  };
}

describe('a text at the terminal', () => {
  const message = { mobile: '+8613800138000' as Mobile, code: '007042', validForMinutes: 5 };

  it.each([
    [
      'simulated',
      'SMS to 138****8000: 【云通讯】您使用的是云通讯短信模板，您的验证码是007042，请于5分钟内正确输入',
    ],
    ['console', 'SMS to 138****8000: 007042, valid for 5 minutes'],
  ] as const)(
    'from the provider %s is one line with a masked mobile and the code',
    async (provider, line) => {
      const lines: string[] = [];
      const { sender } = await startSmsProvider({ provider }, (printed) => lines.push(printed));
      await sender.send(message);
      await sender.close();
      expect(lines).toEqual([line]);
    },
  );
});

describe('a provider that is observed', () => {
  it('has every outcome told, with the time it took', async () => {
    const outcomes: SmsOutcome[] = [
      { kind: 'sent', messageId: '1' },
      { kind: 'notSent', reason: 'no', retryAfterSeconds: 10 },
      { kind: 'unknown', reason: 'perhaps' },
    ];
    let closed = false;
    const provider: SmsSender = {
      send: async ({ code }) => outcomes[Number(code)] as SmsOutcome,
      async close() {
        closed = true;
      },
    };
    const told: unknown[][] = [];
    const observed = new InstrumentedSmsSender(provider, (...facts) => told.push(facts));
    const mobile = '+8613800138000' as Mobile;
    for (const [index, outcome] of outcomes.entries()) {
      expect(await observed.send({ mobile, code: String(index), validForMinutes: 5 })).toBe(outcome);
      expect(told[index]).toEqual([outcome, expect.any(Number)]);
      expect(told[index]?.[1]).toBeGreaterThanOrEqual(0);
    }
    await observed.close();
    expect(closed).toBe(true);
  });
});
