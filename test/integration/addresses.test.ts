// Who is counted, whatever a request says of where it comes from: each address here may have one captcha a minute.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Headers, Outcome } from '../support/api.ts';
import { sendRaw } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const ONE_EACH = { CAPTCHA_PER_ADDRESS_PER_MINUTE: '1' };
const xff = (address: string) => ({ 'x-forwarded-for': address });

let app: TestApp;
const ask = (headers: Headers): Promise<Outcome> => app.api.imageCaptcha(headers);

/** Has its captcha of this minute, under one spelling or another. */
async function expectCounted(headers: Headers): Promise<void> {
  expect(await ask(headers)).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
}

async function expectNew(headers: Headers): Promise<void> {
  expect(await ask(headers)).toMatchObject({ __typename: 'ImageCaptcha' });
}

/** The reply to a request with two such headers, which `fetch` would join. */
async function sendTwice(first: string, second: string): Promise<string> {
  const body = '{"query":"{ imageCaptcha { __typename } }"}';
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  const headers = `X-Forwarded-For: ${first}\r\nX-Forwarded-For: ${second}\r\nContent-Length: ${body.length}\r\n`;
  return (await sendRaw(app.url, `${head}${headers}\r\n${body}`)).text;
}

describe('without a trusted proxy', () => {
  beforeAll(async () => {
    app = await startTestApp({ settings: ONE_EACH });
    await expectNew({});
  });
  afterAll(() => app?.stop());

  it.each([
    '203.0.113.1',
    '127.0.0.1',
    '203.0.113.1, 203.0.113.2',
    '2001:db8::1',
    '::ffff:203.0.113.1',
    '203.0.113.1:4711',
    'unknown',
    '',
    ', ,',
    'x'.repeat(4000),
  ])('X-Forwarded-For %j changes nothing: the one who connects is counted', async (value) => {
    await expectCounted(xff(value));
  });

  it.each([
    'forwarded',
    'x-real-ip',
    'x-client-ip',
    'true-client-ip',
    'cf-connecting-ip',
    'fastly-client-ip',
    'x-forwarded',
    'forwarded-for',
    'x-cluster-client-ip',
  ])('%s changes nothing', async (name) => {
    await expectCounted({ [name]: name === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9' });
  });

  it('X-Forwarded-For that comes twice changes nothing', async () => {
    expect(await sendTwice('203.0.113.1', '203.0.113.2')).toContain('TooManyRequestsError');
  });

  it('the log names the one who connects', () => {
    const clients = app.log.map((line) => JSON.parse(line).client).filter(Boolean);
    expect(new Set(clients)).toEqual(new Set(['127.0.0.1']));
  });
});

describe('behind a trusted proxy', () => {
  beforeAll(async () => {
    const TRUSTED_PROXIES = '127.0.0.1, 10.0.0.0/8, fd00::/8';
    app = await startTestApp({ settings: { ...ONE_EACH, TRUSTED_PROXIES } });
  });
  afterAll(() => app?.stop());

  it.each([
    ['as it is', '198.51.100.1', '198.51.100.1'],
    ['behind addresses that the caller made up', '198.51.100.2', '203.0.113.1, 127.0.0.1, 198.51.100.2'],
    [
      'behind an address of a proxy that the caller made up',
      '198.51.100.3',
      '203.0.113.2, 10.0.0.1, 198.51.100.3',
    ],
    ['behind nonsense that the caller made up', '198.51.100.4', 'unknown, <script>, 198.51.100.4'],
    ['before the other proxies on the way', '198.51.100.5', '203.0.113.3, 198.51.100.5, 10.1.2.3, fd00::7'],
    ['with blanks and empty entries', '198.51.100.6', ' ,, 198.51.100.6 , '],
    ['as IPv6', '198.51.100.7', '::ffff:198.51.100.7'],
    ['as IPv6 in hexadecimal', '198.51.100.8', '::FFFF:c633:6408'],
    ['with a port', '198.51.100.9', '198.51.100.9:4711'],
    ['in brackets with a port', '2001:db8:0:1::1', '[2001:db8:0:1::1]:443'],
    ['in brackets', '2001:db8:0:2::1', '[2001:db8:0:2::1]'],
    ['as IPv6 in brackets with a port', '198.51.100.10', '[::ffff:198.51.100.10]:443'],
    [
      'before proxies with ports',
      '198.51.100.11',
      '203.0.113.4, 198.51.100.11:80, 10.1.2.3:443, [fd00::7]:443',
    ],
    ['in a long form', '2001:db8:0:3::1', '2001:0DB8:0000:0003:0000:0000:0000:0001'],
    ['from its /64', '2001:db8:0:4::1', '2001:db8:0:4:ffff:ffff:ffff:ffff'],
  ])('the caller is counted by the last address that no proxy has: %s', async (_how, plain, written) => {
    await expectNew(xff(plain));
    await expectCounted(xff(written));
  });

  it('the neighbour is somebody else: the next IPv4 address, the next /64', async () => {
    for (const address of ['198.51.100.101', '198.51.100.102', '2001:db8:1:1::1', '2001:db8:1:2::1'])
      await expectNew(xff(address));
  });

  it('X-Forwarded-For that comes twice is one list', async () => {
    await expectNew(xff('198.51.100.12'));
    expect(await sendTwice('203.0.113.5', '198.51.100.12')).toContain('TooManyRequestsError');
    expect(await sendTwice('198.51.100.12', '198.51.100.13')).toContain('ImageCaptcha');
  });

  it.each([
    '',
    ' ',
    ',',
    'unknown',
    '_hidden',
    'localhost',
    '256.1.1.1',
    '203.0.113.1/24',
    '[]:1',
    'x'.repeat(4000),
  ])('X-Forwarded-For %j names nobody, and the proxy is counted', async (value) => {
    await ask({});
    await expectCounted(xff(value));
  });
});
