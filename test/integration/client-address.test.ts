// Which address a request counts against, whatever its headers say. Each address may have one captcha per minute here.

import { beforeAll, describe, expect, it } from '@jest/globals';
import type { Headers, Outcome } from '../support/api.ts';
import { events } from '../support/audit-log.ts';
import { sendRaw } from '../support/raw-request.ts';
import { type TestApp, withTestApp } from '../support/test-app.ts';

const ONE_EACH = { CAPTCHA_PER_ADDRESS_PER_MINUTE: '1' };
const xff = (address: string) => ({ 'x-forwarded-for': address });

const request = (app: TestApp, headers: Headers): Promise<Outcome> => app.api.imageCaptcha(headers);

/** The request counts against an address that has had its captcha. */
async function expectExceeded(app: TestApp, headers: Headers): Promise<void> {
  expect(await request(app, headers)).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
}

async function expectAccepted(app: TestApp, headers: Headers): Promise<void> {
  expect(await request(app, headers)).toMatchObject({ __typename: 'ImageCaptcha' });
}

/** The response to a request with two X-Forwarded-For headers, which `fetch` would join. */
async function sendTwoHeaders(app: TestApp, first: string, second: string): Promise<string> {
  const body = '{"query":"{ imageCaptcha { __typename } }"}';
  const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n`;
  const headers = `X-Forwarded-For: ${first}\r\nX-Forwarded-For: ${second}\r\nContent-Length: ${body.length}\r\n`;
  return (await sendRaw(app.url, `${head}${headers}\r\n${body}`)).text;
}

describe('without a trusted proxy', () => {
  const app = withTestApp({ settings: ONE_EACH });
  beforeAll(() => expectAccepted(app, {}));

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
  ])('X-Forwarded-For %j is ignored: the address of the connection counts', async (value) => {
    await expectExceeded(app, xff(value));
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
  ])('the header %s is ignored', async (name) => {
    await expectExceeded(app, { [name]: name === 'forwarded' ? 'for=203.0.113.9' : '203.0.113.9' });
  });

  it('two X-Forwarded-For headers are ignored', async () => {
    expect(await sendTwoHeaders(app, '203.0.113.1', '203.0.113.2')).toContain('TooManyRequestsError');
  });

  it('the log has the address of the connection', async () => {
    await expectExceeded(app, xff('203.0.113.1'));
    expect(events(app)).toEqual([
      expect.objectContaining({ event: 'rate_limit_exceeded', client_ip: '127.0.0.1' }),
    ]);
  });
});

describe('behind a trusted proxy', () => {
  const app = withTestApp({
    settings: { ...ONE_EACH, TRUSTED_PROXIES: '127.0.0.1, 10.0.0.0/8, fd00::/8' },
  });

  it.each([
    ['alone', '198.51.100.1', '198.51.100.1'],
    ['after forged addresses', '198.51.100.2', '203.0.113.1, 127.0.0.1, 198.51.100.2'],
    ['after a forged address of a proxy', '198.51.100.3', '203.0.113.2, 10.0.0.1, 198.51.100.3'],
    ['after invalid entries', '198.51.100.4', 'unknown, <script>, 198.51.100.4'],
    ['before further proxies', '198.51.100.5', '203.0.113.3, 198.51.100.5, 10.1.2.3, fd00::7'],
    ['with spaces and empty entries', '198.51.100.6', ' ,, 198.51.100.6 , '],
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
    ['in the long form', '2001:db8:0:3::1', '2001:0DB8:0000:0003:0000:0000:0000:0001'],
    ['from its /64', '2001:db8:0:4::1', '2001:db8:0:4:ffff:ffff:ffff:ffff'],
  ])('a request counts against the last address that is not a proxy: %s', async (_how, plain, written) => {
    await expectAccepted(app, xff(plain));
    await expectExceeded(app, xff(written));
  });

  it('the next IPv4 address and the next /64 count by themselves', async () => {
    for (const address of ['198.51.100.101', '198.51.100.102', '2001:db8:1:1::1', '2001:db8:1:2::1'])
      await expectAccepted(app, xff(address));
  });

  it('two X-Forwarded-For headers are one list', async () => {
    await expectAccepted(app, xff('198.51.100.12'));
    expect(await sendTwoHeaders(app, '203.0.113.5', '198.51.100.12')).toContain('TooManyRequestsError');
    expect(await sendTwoHeaders(app, '198.51.100.12', '198.51.100.13')).toContain('ImageCaptcha');
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
  ])('X-Forwarded-For %j has no address, and the proxy counts', async (value) => {
    await request(app, {});
    await expectExceeded(app, xff(value));
  });
});
