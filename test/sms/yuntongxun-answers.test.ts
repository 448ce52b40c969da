// What the Yuntongxun sender makes of an answer: every status code that is known, and every form an answer can have.

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { refusalRetrySeconds } from '../../src/sms/providers/yuntongxun/status-code.ts';
import { YuntongxunSender } from '../../src/sms/providers/yuntongxun/yuntongxun-sender.ts';
import type { SmsOutcome } from '../../src/sms/sms-sender.ts';
import { type Answer, json, refusal, TestGateway } from '../support/test-gateway.ts';

const MESSAGE_ID = '3f2c9d0a5b7e4c1d8e6f00112233aabb';

/** Half past midnight in China: 23 and a half hours until the daily limits start anew. */
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const UNTIL_TOMORROW = 84_600;

type Codes = readonly (string | readonly [first: number, last: number])[];

/** Refused before any hand-over to a carrier: a code or a run of codes each. */
const REFUSED: readonly (readonly [what: string, codes: Codes])[] = [
  ['path, header and signature', [[111100, 111111], '111113']],
  ["the caller's IP address", ['111115', '160053']],
  ['account and token', [[111128, 111133], [111138, 111143], '112349', '112350']],
  ['the app', [[111169, 111171], [111176, 111182], '111212', '112353']],
  ['test numbers', ['111188', '112305', '112310', '113302']],
  ['bulk and features that are off', ['112302', '112303', '112312']],
  ['a free text or its recipient', ['112300', '112301', '112304']],
  ['the recipient of a template', ['112306', '112316', '112317', '112319']],
  ['the template and its variables', [[112307, 112309], '112311', '112313', '112315', '112318', '112323']],
  ['a channel that is busy', [[160001, 160010]]],
  ['a channel that cannot take it', ['160012', '160014']],
  ['words, signature and length of the text', ['160011', [160018, 160020]]],
  ['the form of a number, or too many of them', ['160013', '160017']],
  ['the body of the request', ['160030', '160031']],
  ['the template', ['160032', '160036', '160043', '160057']],
  ['the words of the text', ['160033', '160035', '160037', '160046', '160049', '160052', '160069']],
  ['the number', ['160034', '160042', '160044', '160045', '160048', '160051', '160068', [160072, 160074]]],
  ['the id of the request', ['160055']],
  ['numbers abroad', [[160058, 160062], '160070']],
  ['extension code, schedule and hours', [[160065, 160067], '160071']],
  ['the balance or the settings of a channel', ['161002', '161005', '161006', '161007']],
  ['a channel that could not be connected to', ['161020']],
  ['authentication at the newer gateway', [[161100, 161108]]],
];

const REFUSED_UNTIL_TOMORROW: Codes = ['112314', '160021', '160022', '160039', '160040', '160041'];
const REFUSED_FOR_A_MINUTE: Codes = ['160015', '160016', '160038', '160056'];

/** The text may have left all the same. */
const UNCERTAIN: Codes = [
  ...['111000', '112326', '160000', '160050', '160063', '160064', '161000', '161001', '161003', '161004'],
  ...(['161021', '161022', '161023', '161024'] as const),
  [111001, 111099],
  [161008, 161012],
];

/** Answers to queries, reports and the administration: whatever they mean after a send, it is not "refused". */
const NOT_OF_A_SEND: Codes = [
  [111134, 111137],
  '111150',
  [111172, 111175],
  [112320, 112321],
  [112324, 112325],
  [112327, 112330],
  [112341, 112348],
  [112351, 112352],
  '112354',
  [112356, 112357],
  '160047',
  [161030, 161031],
];

/** Made by the vendor's SDKs; a gateway never sends them. */
const OF_THE_SDKS: Codes = [
  [172001, 172007],
  [172012, 172013],
];

const NEVER_HEARD_OF: Codes = [
  ...['000001', '100000', '111112', '111114', '111144', '111183', '112322', '113300', '113301', '113303'],
  ...['160023', '160029', '160075', '160999', '161013', '161099', '161109', '200000', '999999'],
];

function each(codes: Codes): string[] {
  return codes.flatMap((code) => {
    if (typeof code === 'string') return [code];
    const [first, last] = code;
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

describe('an answer of the gateway', () => {
  const gateway = new TestGateway();
  let sender: YuntongxunSender;
  beforeAll(async () => {
    sender = new YuntongxunSender({
      accountSid: '8a216da85f0000000000000000000001',
      authToken: '0123456789abcdef0123456789abcdef',
      appId: '8a216da85f0000000000000000000002',
      templateId: '1',
      baseUrl: await gateway.start(),
      timeoutSeconds: 5,
      connections: 8,
    });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await sender.close();
    await gateway.stop();
  });

  function send(answer: Answer): Promise<SmsOutcome> {
    gateway.answer = answer;
    return sender.send({ mobile: '+8613800138000' as Mobile, code: '007042', validForMinutes: 5 });
  }

  async function sendAll(codes: Codes): Promise<Record<string, SmsOutcome>> {
    const outcomes: Record<string, SmsOutcome> = {};
    for (const code of each(codes)) outcomes[code] = await send(refusal(code));
    return outcomes;
  }

  function all(codes: Codes, outcome: object): Record<string, SmsOutcome> {
    return Object.fromEntries(
      each(codes).map((code) => [code, { ...outcome, reason: `status ${code} 短信` } as SmsOutcome]),
    );
  }

  describe('with a status code', () => {
    it.each(REFUSED)('about %s means that nothing was sent, now or later', async (_what, codes) => {
      expect(await sendAll(codes)).toEqual(all(codes, { kind: 'notSent', retryAfterSeconds: 10 }));
    });

    it('about the limits of a day means that nothing is sent before tomorrow in China', async () => {
      jest.spyOn(Date, 'now').mockReturnValue(NOW_MS);
      const codes = REFUSED_UNTIL_TOMORROW;
      expect(await sendAll(codes)).toEqual(
        all(codes, { kind: 'notSent', retryAfterSeconds: UNTIL_TOMORROW }),
      );
    });

    it('about texts that follow each other too soon means another try in a minute', async () => {
      const codes = REFUSED_FOR_A_MINUTE;
      expect(await sendAll(codes)).toEqual(all(codes, { kind: 'notSent', retryAfterSeconds: 60 }));
    });

    it('about a failure inside the platform or at a carrier leaves open what was sent', async () => {
      expect(await sendAll(UNCERTAIN)).toEqual(all(UNCERTAIN, { kind: 'unknown' }));
    });

    it('about a request that was seen before means that something of ours was taken', async () => {
      expect(await send(refusal('160054'))).toEqual({ kind: 'unknown', reason: 'status 160054 短信' });
    });

    it('that belongs to queries, reports or the administration says nothing about a text', async () => {
      expect(await sendAll(NOT_OF_A_SEND)).toEqual(all(NOT_OF_A_SEND, { kind: 'unknown' }));
    });

    it("that only the vendor's SDKs make says nothing about a text", async () => {
      expect(await sendAll(OF_THE_SDKS)).toEqual(all(OF_THE_SDKS, { kind: 'unknown' }));
    });

    it('that nobody has heard of says nothing about a text', async () => {
      expect(await sendAll(NEVER_HEARD_OF)).toEqual(all(NEVER_HEARD_OF, { kind: 'unknown' }));
    });

    it('means "refused" for exactly the codes above, of the million that there are', () => {
      const known = [
        ...REFUSED.flatMap(([, codes]) => codes),
        ...REFUSED_UNTIL_TOMORROW,
        ...REFUSED_FOR_A_MINUTE,
      ];
      const refused: string[] = [];
      for (let number = 0; number < 1_000_000; number += 1) {
        const code = String(number).padStart(6, '0');
        if (refusalRetrySeconds(code, NOW_MS) !== undefined) refused.push(code);
      }
      expect(refused).toEqual(each(known).toSorted());
    });

    it.each([
      '',
      '0',
      '16003',
      '0160038',
      '160038 ',
      '160038\n',
      '１６００３８',
      'success',
      '-16003',
      '1.6e5',
      'null',
    ])('in another form, like %j, says nothing about a text', async (code) => {
      expect(await send(refusal(code))).toMatchObject({ kind: 'unknown' });
    });
  });

  describe('of another form', () => {
    const accepted = {
      statusCode: '000000',
      templateSMS: { smsMessageSid: MESSAGE_ID, dateCreated: '20260302003001' },
    };
    const sent = { kind: 'sent', messageId: MESSAGE_ID };

    it.each([200, 201, 400, 401, 404, 500, 502, 503])('counts by its body on HTTP %d', async (status) => {
      expect(await send((response) => json(response, status, accepted))).toEqual(sent);
      expect(await send(refusal('160042', status))).toMatchObject({ kind: 'notSent', retryAfterSeconds: 10 });
      expect(await send(refusal('160050', status))).toMatchObject({ kind: 'unknown' });
    });

    it.each([
      ['spelled TemplateSMS', { statusCode: '000000', TemplateSMS: accepted.templateSMS }],
      ['without the time', { statusCode: '000000', templateSMS: { smsMessageSid: MESSAGE_ID } }],
      ['with its keys in another order', { templateSMS: accepted.templateSMS, statusCode: '000000' }],
      ['with more keys than we know', { ...accepted, statusMsg: '成功', cost: 0.05, channel: null }],
    ])('means "sent" %s', async (_how, body) => {
      expect(await send((response) => json(response, 200, body))).toEqual(sent);
    });

    it.each([
      ['without a content type', undefined],
      ['as plain text', 'text/plain'],
      ['as HTML', 'text/html;charset=gbk'],
    ])('means "sent" when it comes %s', async (_how, type) => {
      const outcome = await send((response) => {
        response.writeHead(200, type ? { 'content-type': type } : {}).end(JSON.stringify(accepted));
      });
      expect(outcome).toEqual(sent);
    });

    it('means "sent" when it comes in pieces, without its length, or as the last of a connection', async () => {
      const text = JSON.stringify(accepted);
      const inPieces: Answer = (response) => {
        response.writeHead(200);
        for (const character of text) response.write(character);
        response.end();
      };
      const asTheLast: Answer = (response) => {
        response.writeHead(200, { connection: 'close' }).end(text);
      };
      expect(await send(inPieces)).toEqual(sent);
      expect(await send(asTheLast)).toEqual(sent);
    });

    it('means the same without its words', async () => {
      expect(await send((response) => json(response, 200, { statusCode: '160042' }))).toEqual({
        kind: 'notSent',
        reason: 'status 160042',
        retryAfterSeconds: 10,
      });
      expect(
        await send((response) => json(response, 200, { statusCode: '160050', statusMsg: null })),
      ).toEqual({
        kind: 'unknown',
        reason: 'status 160050',
      });
    });

    it.each([
      ['no id', { statusCode: '000000' }],
      ['an empty id', { statusCode: '000000', templateSMS: { smsMessageSid: '' } }],
      ['an id that is a number', { statusCode: '000000', templateSMS: { smsMessageSid: 42 } }],
      ['no text', { statusCode: '000000', templateSMS: null }],
      ['a list', { statusCode: '000000', templateSMS: [{ smsMessageSid: MESSAGE_ID }] }],
    ])('leaves open what was sent when it says "accepted" with %s', async (_what, body) => {
      expect(await send((response) => json(response, 200, body))).toEqual({
        kind: 'unknown',
        reason: 'accepted without a message id',
      });
    });

    it.each([
      ['no body', ''],
      ['a blank', ' '],
      ['null', 'null'],
      ['a number', '0'],
      ['a word', '"000000"'],
      ['a list', '[{"statusCode":"000000"}]'],
      ['no status code', '{"status":"000000"}'],
      ['a status code that is a number', '{"statusCode":0}'],
      ['a status code that is null', '{"statusCode":null}'],
      ['a status code in another spelling', '{"statuscode":"000000"}'],
      ['half of itself', '{"statusCode":"000000","templateSMS":{"smsMess'],
      ['single quotes', "{'statusCode':'000000'}"],
      ['XML', '<?xml version="1.0"?><Response><statusCode>000000</statusCode></Response>'],
      ['HTML', '<html><body><h1>502 Bad Gateway</h1></body></html>'],
      ['binary data', '\u0000\u0001\u0002'],
      ['a deep nesting', '['.repeat(20_000)],
    ])('leaves open what was sent when it has %s', async (_what, body) => {
      for (const status of [200, 502]) {
        const outcome = await send((response) => response.writeHead(status).end(body));
        expect(outcome).toEqual({
          kind: 'unknown',
          reason: `HTTP ${status} without a status code`,
          noResponse: true,
        });
      }
    });

    it.each([204, 304])('leaves open what was sent when HTTP %d forbids it a body', async (status) => {
      const outcome = await send((response) => response.writeHead(status).end());
      expect(outcome).toEqual({
        kind: 'unknown',
        reason: `HTTP ${status} without a status code`,
        noResponse: true,
      });
    });

    it.each([301, 302, 307, 308])('is not followed elsewhere by HTTP %d', async (status) => {
      const elsewhere = new TestGateway();
      const location = await elsewhere.start();
      const outcome = await send((response) => response.writeHead(status, { location }).end());
      expect(outcome).toEqual({
        kind: 'unknown',
        reason: `HTTP ${status} without a status code`,
        noResponse: true,
      });
      expect(elsewhere.requests).toHaveLength(0);
      await elsewhere.stop();
    });
  });

  describe('in words for the log', () => {
    const reasonOf = async (statusCode: string, statusMsg: string): Promise<string> => {
      const outcome = await send((response) => json(response, 200, { statusCode, statusMsg }));
      if (outcome.kind === 'sent') throw new Error('it was sent');
      return outcome.reason;
    };

    it('is told as it is when it names nobody', async () => {
      expect(await reasonOf('160040', '验证码超出同模板同号码天发送上限')).toBe(
        'status 160040 验证码超出同模板同号码天发送上限',
      );
    });

    it.each([
      ['the mobile', '号码13800138000有误', '13800138000'],
      ['the mobile with 86', '号码8613800138000有误', '13800138000'],
      ['the code', '验证码007042重复', '007042'],
      ['the text', '您的验证码是007042，请于5分钟内正确输入', '007042'],
    ])('is told without %s', async (_what, words, secret) => {
      expect(await reasonOf('160042', words)).not.toContain(secret);
      expect(await reasonOf('160050', words)).not.toContain(secret);
    });

    it('is told without a mobile or a code where a status code should stand', async () => {
      expect(await reasonOf('13800138000', '')).not.toContain('13800138000');
      expect(await reasonOf('code 007042', '')).not.toContain('007042');
    });

    it('is cut short', async () => {
      expect((await reasonOf('160050', '短信'.repeat(5000))).length).toBeLessThan(250);
      expect((await reasonOf('1'.repeat(5000), '')).length).toBeLessThan(250);
    });
  });
});
