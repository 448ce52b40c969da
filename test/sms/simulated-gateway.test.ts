// The simulated gateway: it refuses what the real one refuses, with the same codes, and prints what it takes.

import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { text as readText } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { chinaTimestamp, sign } from '../../src/sms/providers/yuntongxun/signature.ts';
import {
  SimulatedGateway,
  type TakenText,
} from '../../src/sms/providers/yuntongxun/simulator/simulated-gateway.ts';

const SID = '8a216da85f0000000000000000000001';
const TOKEN = '0123456789abcdef0123456789abcdef';
const APP_ID = '8a216da85f0000000000000000000002';
const OTHER_SID = 'aaf98f8900000000abcdef0123456789';
const HOUR_MS = 60 * 60 * 1000;

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const BODY = {
  to: '13800138000',
  appId: APP_ID,
  templateId: '1',
  datas: ['007042', '5'],
  reqId: 'a1b2c3d4e5f60718293a4b5c6d7e8f90',
};

/** A right request, signed at an instant; whatever is given takes the place of what is right. */
function asked(changes: Partial<Asked> = {}, instantMs = Date.now()): Asked {
  const { sig, authorization } = sign(SID, TOKEN, chinaTimestamp(instantMs));
  const body = changes.body ?? JSON.stringify(BODY);
  return {
    method: 'POST',
    path: `/2013-12-26/Accounts/${SID}/SMS/TemplateSMS?sig=${sig}`,
    body,
    ...changes,
    headers: changes.headers ?? {
      accept: 'application/json',
      'content-type': 'application/json;charset=utf-8',
      'content-length': String(Buffer.byteLength(body)),
      authorization,
    },
  };
}

/** A right request whose headers are right but for these; an empty one is left out. */
function withHeaders(changes: Record<string, string>): Asked {
  const right = asked();
  const headers = Object.entries({ ...right.headers, ...changes }).filter(([, value]) => value !== '');
  return { ...right, headers: Object.fromEntries(headers) };
}

/** A right request with this in Authorization, and the signature that belongs to its timestamp. */
function authorizedBy(plain: string): Asked {
  const timestamp = plain.split(':')[1] ?? '';
  const path = `/2013-12-26/Accounts/${SID}/SMS/TemplateSMS?sig=${sign(SID, TOKEN, timestamp).sig}`;
  return { ...withHeaders({ authorization: Buffer.from(plain).toString('base64') }), path };
}

function withPath(change: (path: string) => string): Asked {
  const right = asked();
  return { ...right, path: change(right.path) };
}

const withBody = (changes: Record<string, unknown>) =>
  asked({ body: JSON.stringify({ ...BODY, ...changes }) });

describe('the simulated gateway', () => {
  const taken: TakenText[] = [];
  const gateway = new SimulatedGateway({ accountSid: SID, authToken: TOKEN, appId: APP_ID }, (text) =>
    taken.push(text),
  );
  let port: string;
  beforeAll(async () => {
    port = new URL(await gateway.start()).port;
  });
  beforeEach(() => {
    taken.length = 0;
  });
  afterAll(() => gateway.stop());

  /** The answer to a request, as it stands in its body. */
  async function answerTo({ method, path, headers, body }: Asked): Promise<Record<string, unknown>> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent: ClientRequest = httpRequest({ host: '127.0.0.1', port, method, path, headers }, resolve);
      sent.once('error', reject);
      // In two pieces, since Node adds the length that a test leaves out when it gets all at once.
      if (body !== '') sent.write(body);
      sent.end();
    });
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toBe('application/json;charset=utf-8');
    return JSON.parse(await readText(response));
  }

  const refusedWith = (statusCode: string) => ({ statusCode, statusMsg: expect.stringMatching(/./) });

  it('takes a right request, names the text and shows what the phone would show', async () => {
    expect(await answerTo(asked())).toEqual({
      statusCode: '000000',
      templateSMS: {
        smsMessageSid: expect.stringMatching(/^[0-9a-f]{32}$/),
        dateCreated: expect.stringMatching(/^20\d{12}$/),
      },
    });
    expect(taken).toEqual([
      {
        maskedMobile: '138****8000',
        text: '【云通讯】您使用的是云通讯短信模板，您的验证码是007042，请于5分钟内正确输入',
      },
    ]);
  });

  it('gives each text a name of its own', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => answerTo(asked())));
    const names = answers.map(({ templateSMS }) => (templateSMS as { smsMessageSid: string }).smsMessageSid);
    expect(new Set(names).size).toBe(20);
    expect(taken).toHaveLength(20);
  });

  it.each([
    [
      'a signature in lower case, as some SDKs send it',
      () => withPath((path) => path.replace(/=.*/, (sig) => sig.toLowerCase())),
    ],
    ['a content type without a charset', () => withHeaders({ 'content-type': 'application/json' })],
    ['an account and a timestamp of 23 hours ago', () => asked({}, Date.now() - 23 * HOUR_MS)],
    ['a timestamp of 23 hours from now', () => asked({}, Date.now() + 23 * HOUR_MS)],
    ['a template that is a number', () => withBody({ templateId: 1 })],
    ['variables that are numbers', () => withBody({ datas: [123_456, 5] })],
    ['more variables than the template has', () => withBody({ datas: ['007042', '5', '9'] })],
    ['no id of the request', () => withBody({ reqId: undefined })],
  ])('takes %s', async (_what, request) => {
    expect(await answerTo(request())).toMatchObject({ statusCode: '000000' });
    expect(taken).toHaveLength(1);
  });

  describe.each<[what: string, statusCode: string, requests: [which: string, request: () => Asked][]]>([
    [
      'path',
      '111100',
      [
        ['root', () => asked({ path: '/' })],
        ['another version', () => withPath((path) => path.replace('2013-12-26', '2013-03-22'))],
        ['another account', () => withPath((path) => path.replace(SID, OTHER_SID))],
        ['no account', () => withPath((path) => path.replace(`/${SID}`, ''))],
        ['another call', () => withPath((path) => path.replace('TemplateSMS', 'GetArrived'))],
        ['another case', () => withPath((path) => path.replace('TemplateSMS', 'templatesms'))],
        ['a slash too many', () => withPath((path) => path.replace('TemplateSMS', 'TemplateSMS/'))],
      ],
    ],
    [
      'method',
      '111100',
      [
        ['GET', () => asked({ method: 'GET', body: '' })],
        ['PUT', () => asked({ method: 'PUT' })],
      ],
    ],
    [
      'length',
      '160030',
      [
        ['none, but chunks', () => withHeaders({ 'content-length': '', 'transfer-encoding': 'chunked' })],
        ['zero', () => asked({ body: '' })],
      ],
    ],
    [
      'Accept or Content-Type',
      '160031',
      [
        ['no Accept', () => withHeaders({ accept: '' })],
        ['XML to be answered', () => withHeaders({ accept: 'application/xml' })],
        ['anything to be answered', () => withHeaders({ accept: '*/*' })],
        ['no Content-Type', () => withHeaders({ 'content-type': '' })],
        ['XML', () => withHeaders({ 'content-type': 'application/xml;charset=utf-8' })],
        ['a form', () => withHeaders({ 'content-type': 'application/x-www-form-urlencoded' })],
        ['almost JSON', () => withHeaders({ 'content-type': 'application/jsonp' })],
      ],
    ],
    ['missing Authorization', '111101', [['no header', () => withHeaders({ authorization: '' })]]],
    [
      'form of Authorization',
      '111103',
      [
        ['no colon', () => authorizedBy(SID)],
        ['two colons', () => authorizedBy(`${SID}:20260101120000:more`)],
        ['a scheme in front', () => withHeaders({ authorization: `Basic ${asked().headers.authorization}` })],
        ['no Base64', () => withHeaders({ authorization: '****' })],
      ],
    ],
    [
      'form of the timestamp',
      '111113',
      [
        ['none', () => authorizedBy(`${SID}:`)],
        ['milliseconds', () => authorizedBy(`${SID}:${Date.now()}`)],
        ['with dashes', () => authorizedBy(`${SID}:2026-01-01 120000`)],
        ['too long', () => authorizedBy(`${SID}:${chinaTimestamp(Date.now())}000`)],
        ['a month that is none', () => authorizedBy(`${SID}:20261301120000`)],
        ['nothing but nines', () => authorizedBy(`${SID}:99999999999999`)],
      ],
    ],
    [
      'age of the timestamp',
      '111106',
      [
        ['25 hours ago', () => asked({}, Date.now() - 25 * HOUR_MS)],
        ['in 25 hours', () => asked({}, Date.now() + 25 * HOUR_MS)],
        ['2014', () => asked({}, Date.parse('2014-04-16T14:20:30+08:00'))],
      ],
    ],
    [
      'account in Authorization',
      '111107',
      [
        ['another one', () => authorizedBy(`${OTHER_SID}:${chinaTimestamp(Date.now())}`)],
        ['none', () => authorizedBy(`:${chinaTimestamp(Date.now())}`)],
        ['another case', () => authorizedBy(`${SID.toUpperCase()}:${chinaTimestamp(Date.now())}`)],
      ],
    ],
    [
      'missing signature',
      '111108',
      [
        ['no query', () => withPath((path) => path.replace(/\?.*/, ''))],
        ['an empty one', () => withPath((path) => path.replace(/=.*/, '='))],
        ['under another name', () => withPath((path) => path.replace('?sig=', '?signature='))],
      ],
    ],
    [
      'signature',
      '111109',
      [
        ['of nothing', () => withPath((path) => path.replace(/=.*/, `=${'0'.repeat(32)}`))],
        ['cut short', () => withPath((path) => path.slice(0, -1))],
        ['with more behind it', () => withPath((path) => `${path}0`)],
        [
          'with another token',
          () => {
            const { sig } = sign(SID, OTHER_SID, chinaTimestamp(Date.now()));
            return withPath((path) => path.replace(/=.*/, `=${sig}`));
          },
        ],
        [
          'of another second than Authorization has',
          () => {
            const { sig } = sign(SID, TOKEN, chinaTimestamp(Date.now() - 1000));
            return { ...withPath((path) => path.replace(/=.*/, `=${sig}`)) };
          },
        ],
      ],
    ],
    [
      'JSON',
      '160031',
      [
        ['half of it', () => asked({ body: JSON.stringify(BODY).slice(0, -5) })],
        ['XML', () => asked({ body: '<TemplateSMS><to>13800138000</to></TemplateSMS>' })],
        ['a form', () => asked({ body: 'to=13800138000' })],
        ['null', () => asked({ body: 'null' })],
      ],
    ],
    [
      'app',
      '111181',
      [
        ['another one', () => withBody({ appId: OTHER_SID })],
        ['none', () => withBody({ appId: undefined })],
        ['empty', () => withBody({ appId: '' })],
      ],
    ],
    [
      'number',
      '160042',
      [
        ['none', () => withBody({ to: undefined })],
        ['empty', () => withBody({ to: '' })],
        ['with +86', () => withBody({ to: '+8613800138000' })],
        ['with 86', () => withBody({ to: '8613800138000' })],
        ['too short', () => withBody({ to: '1380013800' })],
        ['two', () => withBody({ to: '13800138000,13900139000' })],
        ['a number for a string', () => withBody({ to: 13_800_138_000 })],
        ['with a newline', () => withBody({ to: '13800138000\n' })],
        ['a list', () => withBody({ to: ['13800138000'] })],
      ],
    ],
    [
      'template',
      '160057',
      [
        ['none', () => withBody({ templateId: undefined })],
        ['empty', () => withBody({ templateId: '' })],
        ['a word', () => withBody({ templateId: 'one' })],
      ],
    ],
    [
      'variables',
      '160069',
      [
        ['none', () => withBody({ datas: undefined })],
        ['empty', () => withBody({ datas: [] })],
        ['one too few', () => withBody({ datas: ['007042'] })],
        ['words', () => withBody({ datas: ['007042', 'five'] })],
        ['the unit in them', () => withBody({ datas: ['007042', '5分钟'] })],
        ['a line break in them', () => withBody({ datas: ['007042\nSMS to 139****9000: 1', '5'] })],
        ['an empty one', () => withBody({ datas: ['', '5'] })],
        ['a string', () => withBody({ datas: '007042,5' })],
      ],
    ],
    [
      'id of the request',
      '160055',
      [
        ['too long', () => withBody({ reqId: 'a'.repeat(33) })],
        ['empty', () => withBody({ reqId: '' })],
        ['with dashes', () => withBody({ reqId: '017f22e2-79b0-7cc3-98c4-dc0c0c0739' })],
        ['an object', () => withBody({ reqId: { not: 'text' } })],
      ],
    ],
  ])('refuses a wrong %s with %s and prints nothing:', (_what, statusCode, requests) => {
    it.each(requests)('%s', async (_which, request) => {
      expect(await answerTo(request())).toEqual(refusedWith(statusCode));
      expect(taken).toEqual([]);
    });
  });

  it('names the wrong signature before the wrong body', async () => {
    const wrong = asked({ body: '{}' });
    expect(await answerTo({ ...wrong, path: wrong.path.replace(/=.*/, '=0') })).toEqual(
      refusedWith('111109'),
    );
  });
});

describe('a simulated gateway that is stopped', () => {
  it('refuses connections, also while one is still open', async () => {
    const gateway = new SimulatedGateway({ accountSid: SID, authToken: TOKEN, appId: APP_ID }, () => {});
    const url = await gateway.start();
    expect(new URL(url).hostname).toBe('127.0.0.1');
    await fetch(url).then((response) => response.text());
    await gateway.stop();
    await expect(fetch(url)).rejects.toThrow();
  });
});
