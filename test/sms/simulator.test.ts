// The simulator: every provider's real sender against its simulated platform, the magic numbers, the reports and the page.

import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chinaTimestamp } from '../../src/common/china-time.ts';
import type { Mobile } from '../../src/common/phone-number.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import type { StartedSmsProvider } from '../../src/sms/providers/provider.ts';
import { type SmsProviderName, smsProvider } from '../../src/sms/providers/providers.ts';
import { sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import { MAGIC_NUMBERS } from '../../src/sms/simulator/magic-numbers.ts';
import { eventually } from '../support/eventually.ts';
import { withSimulator } from '../support/simulator.ts';
import { smsMessage } from '../support/sms-message.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';

const TIMEOUT_SECONDS = '0.6';
const REPORT_SECRETS = {
  YUNTONGXUN_REPORT_SECRET: 'secret-of-yuntongxun',
  ALIYUN_REPORT_SECRET: 'secret-of-aliyun',
  TENCENT_REPORT_SECRET: 'secret-of-tencent',
};

/** The outcome of a send to a magic number, for every provider. */
const OUTCOMES: Readonly<Record<string, object>> = {
  '0001': { kind: 'rejected', cause: 'recipient' },
  '0002': { kind: 'unknown', unreachable: true },
  '0003': { kind: 'unknown', unreachable: true },
  '0004': { kind: 'rejected', cause: 'account' },
  '0005': { kind: 'accepted' },
  '0006': { kind: 'rejected', cause: 'limit' },
  '0007': { kind: 'rejected', cause: 'content' },
  '0008': { kind: 'rejected', cause: 'provider' },
  '0009': { kind: 'unknown' },
  '0010': { kind: 'unknown', unreachable: true },
  '0011': { kind: 'accepted' },
  '0012': { kind: 'unknown', unreachable: true },
  '0013': { kind: 'unknown', unreachable: true },
  '0014': { kind: 'unknown', unreachable: true },
  '0015': { kind: 'accepted' },
  '0016': { kind: 'unknown', unreachable: true }, // the senders of the test do not wait so long
};
/** The SMS of these numbers are sent, whatever the sender learns. */
const SENT = ['0005', '0011', '0012', '0013', '0014', '0015', '0016'];

const inbox = new StubProvider();
let inboxUrl = '';
beforeAll(async () => {
  inboxUrl = await inbox.start();
  inbox.answer = answerWith('ok');
});
afterAll(() => inbox.stop());

const simulator = withSimulator(() => ({
  ...REPORT_SECRETS,
  SIMULATOR_REPORT_URL: `${inboxUrl}/webhooks`,
}));

async function startProvider(name: SmsProviderName): Promise<StartedSmsProvider> {
  const timeouts = ['YUNTONGXUN', 'ALIYUN', 'TENCENT', 'SMS_WEBHOOK'].map((prefix) => [
    `${prefix}_TIMEOUT_SECONDS`,
    TIMEOUT_SECONDS,
  ]);
  const environment = { ...simulator.settings, ...REPORT_SECRETS, ...Object.fromEntries(timeouts) };
  const { sms } = loadConfig({ ...environment, SMS_PROVIDER: name });
  return smsProvider(name).start(sms.providers[0]?.settings ?? {}, () => {});
}

describe.each([
  ['yuntongxun', '1380001'],
  ['aliyun', '1380002'],
  ['tencent', '1380003'],
  ['webhook', '1380004'],
] as const)('the simulated platform %s', (name, range) => {
  let provider: StartedSmsProvider;
  beforeAll(async () => {
    provider = await startProvider(name);
  });
  afterAll(() => provider.sender.close());
  const send = (digits: string, fields: object = {}) =>
    provider.sender.send(smsMessage({ mobile: `+86${range}${digits}` as Mobile, ...fields }));

  it('does what the magic numbers say', async () => {
    const digits = Object.keys(OUTCOMES);
    expect(digits).toEqual(Object.keys(MAGIC_NUMBERS));
    const outcomes = await Promise.all(digits.map((number) => send(number)));
    for (const [index, number] of digits.entries())
      expect(outcomes[index]).toMatchObject(OUTCOMES[number] ?? {});
    const sent = simulator.log.latest.filter((sms) => sms.provider === name && sms.mobile.startsWith(range));
    expect(sent.map(({ mobile }) => mobile.slice(-4)).toSorted()).toEqual(SENT);
  });

  it('accepts any other number, with the code and our id, and reports the delivery to the path of the provider', async () => {
    const message = smsMessage({ mobile: `+86${range}8000` as Mobile });
    const outcome = await provider.sender.send(message);
    expect(outcome).toMatchObject({ kind: 'accepted' });
    expect(simulator.log.sentTo(name, `${range}8000`)).toEqual([
      expect.objectContaining({
        code: '007042',
        attemptId: message.attemptId,
        text: expect.stringContaining('007042'),
      }),
    ]);
    await eventually(async () => inbox.requests.some(({ body }) => body.includes(message.attemptId)));
    const request = inbox.requests.find(({ body }) => body.includes(message.attemptId));
    const secret = name === 'webhook' ? '' : `/secret-of-${name}`;
    expect(request?.path).toBe(`/webhooks/${name}${secret}`);
    const report = {
      headers: request?.headers as never,
      body: String(request?.body),
      receivedAtMs: Date.now(),
    };
    expect(provider.reports?.isAuthentic?.(report) ?? true).toBe(true);
    const [read] = provider.reports?.read(report) ?? [];
    expect(read).toMatchObject({ status: 'delivered' });
    expect([read?.attemptId, read?.messageId]).toContain(
      name === 'tencent' ? (outcome as { messageId: string }).messageId : message.attemptId,
    );
  });

  it('limits the SMS to one number like the platform; the service of an operator has no limit', async () => {
    expect(await send('8001')).toMatchObject({ kind: 'accepted' });
    const second = name === 'webhook' ? { kind: 'accepted' } : { kind: 'rejected', cause: 'limit' };
    expect(await send('8001')).toMatchObject(second);
  });
});

describe('the look-up of Aliyun', () => {
  it('finds the SMS of a send without an answer', async () => {
    const provider = await startProvider('aliyun');
    const startedAtMs = Date.now();
    const found = async (mobile: Mobile) => {
      const message = smsMessage({ mobile });
      await provider.sender.send(message);
      return provider.lookUp?.({ attemptId: message.attemptId, mobile, startedAtMs }, 2000);
    };
    expect(await found('+8613900020012' as Mobile)).toMatch(/^(accepted|delivered)$/);
    expect(await found('+8613900020002' as Mobile)).toBe('unknown');
    await provider.sender.close();
  });
});

describe('a request to the simulated Yuntongxun', () => {
  const SID = '8a216da85f0000000000000000000001';
  const TOKEN = '0123456789abcdef0123456789abcdef';
  let lastNumber = 0;

  async function post(body: string, accept = 'application/json'): Promise<string> {
    const { sig, authorization } = sign(SID, TOKEN, chinaTimestamp(Date.now()));
    const response = await fetch(
      `${simulator.url}/2013-12-26/Accounts/${SID}/SMS/TemplateSMS?sig=${sig.toLowerCase()}`,
      {
        method: 'POST',
        headers: { accept, authorization, 'content-type': accept },
        body,
      },
    );
    return response.text();
  }
  const nextNumber = () => {
    lastNumber += 1;
    return `1350000${1000 + lastNumber}`;
  };
  const appId = '8a216da85f0000000000000000000002';

  it.each([
    ['strict JSON', (to: string) => JSON.stringify({ to, appId, templateId: '1', datas: ['6532', '5'] })],
    [
      'single quotes',
      (to: string) => `{'to':'${to}','appId':'${appId}','templateId':'1','datas':['6532','5']}`,
    ],
    [
      'a comma after the last item',
      (to: string) => `{"to":"${to}","appId":"${appId}","templateId":"1","datas":["6532","5",]}`,
    ],
    ['numbers', (to: string) => `{"to":${to},"appId":"${appId}","templateId":1,"datas":[6532,5]}`],
    [
      'XML with another root',
      (to: string) =>
        `<?xml version="1.0" encoding="utf-8"?><SubAccount><to>${to}</to><appId>${appId}</appId><templateId>1</templateId><datas><data>6532</data><data>5</data></datas></SubAccount>`,
    ],
  ])('may be %s, as the SDKs of the vendor send it', async (_form, write) => {
    const to = nextNumber();
    expect(JSON.parse(await post(write(to)))).toMatchObject({ statusCode: '000000' });
    expect(simulator.log.sentTo('yuntongxun', to)[0]?.code).toBe('6532');
  });

  it('is answered in XML if it asks for it, also when it is rejected', async () => {
    const body = (to: string) => JSON.stringify({ to, appId, templateId: '1', datas: ['6532', '5'] });
    expect(await post(body(nextNumber()), 'application/xml')).toMatch(
      /<Response><statusCode>000000<\/statusCode><TemplateSMS><smsMessageSid>[0-9a-f]{32}<\/smsMessageSid>/,
    );
    expect(await post(body('123'), 'application/xml')).toContain(
      '<statusCode>160042</statusCode><statusMsg>',
    );
  });

  it('is rejected when its id repeats within the day', async () => {
    const reqId = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
    const body = () =>
      JSON.stringify({ to: nextNumber(), appId, templateId: '1', datas: ['6532', '5'], reqId });
    expect(await post(body())).toContain('000000');
    expect(JSON.parse(await post(body()))).toMatchObject({ statusCode: '160054' });
  });

  it.each([
    ['an empty body', '', '160030'],
    ['a body that is not readable', '{"to"', '160031'],
    ['another application', JSON.stringify({ to: '13500000000', appId: 'x'.repeat(32) }), '111181'],
  ])('is rejected for %s', async (_what, body, statusCode) => {
    expect(JSON.parse(await post(body))).toMatchObject({ statusCode });
  });
});

describe('the page of the simulator', () => {
  /** `fetch` does not send a chosen `Host`. */
  async function statusOf(path: string, host: string): Promise<number | undefined> {
    const [response] = await once(request(simulator.url + path, { headers: { host } }).end(), 'response');
    response.resume();
    return response.statusCode;
  }

  it('lists what arrived, escaped, and loads nothing', async () => {
    simulator.log.add({
      provider: 'webhook',
      mobile: '13500000000',
      code: '1',
      text: '<script>alert(1)</script>',
      attemptId: '"><img src=x>',
      messageId: 'm&m',
      acceptedAtMs: Date.parse('2026-03-01T16:30:01Z'),
      state: 'waiting',
    });
    const response = await fetch(simulator.url);
    const page = await response.text();
    expect(response.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-/,
    );
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toContain('&quot;&gt;&lt;img src=x&gt;');
    expect(page).toContain('m&amp;m');
    expect(page).toContain('00:30:01');
    expect(page).not.toMatch(/<(script|img)/);
  });

  it('has the magic numbers and the settings', async () => {
    const page = await (await fetch(simulator.url)).text();
    for (const [digits, { meaning }] of Object.entries(MAGIC_NUMBERS)) {
      expect(page).toContain(`…${digits}`);
      expect(page).toContain(meaning);
    }
    expect(page).toContain(`TENCENT_BASE_URL=${simulator.url}`);
  });

  it('exists as JSON', async () => {
    const { messages } = (await (await fetch(`${simulator.url}/messages.json`)).json()) as {
      messages: object[];
    };
    expect(messages[0]).toMatchObject({ text: '<script>alert(1)</script>' });
  });

  it.each(['/', '/messages.json'])(
    '%s is for names of this machine only, so that no other site can read it',
    async (path) => {
      for (const host of ['evil.example', '127.0.0.1.evil.example', 'localhost.evil.example:80'])
        expect(await statusOf(path, host)).toBe(421);
      for (const host of ['localhost', '127.0.0.1:4010', '[::1]:4010'])
        expect(await statusOf(path, host)).toBe(200);
    },
  );

  it('is all that a GET without parameters gets', async () => {
    expect((await fetch(`${simulator.url}/other`)).status).toBe(404);
  });
});
