// The simulated phone: its messages, and who may read them.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { rawStatus, sendRaw } from '../support/raw-request.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { masked } from '../support/verification.ts';

const PATHS = ['/phone', '/phone/messages'];

describe('the simulated phone', () => {
  const app = withTestApp({ settings: { SMS_PROVIDER: 'simulated' } });

  it('has the latest message first, and is never cached', async () => {
    const mobiles = [freshMobile(), freshMobile()];
    for (const mobile of mobiles) expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const response = await fetch(`${app.url}/phone/messages`);
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { messages } = (await response.json()) as { messages: Record<string, string>[] };
    expect(messages.map(({ maskedMobile }) => maskedMobile)).toEqual(mobiles.toReversed().map(masked));
    for (const { text, receivedAt } of messages) {
      expect(text).toMatch(/验证码是\d{6}，/);
      expect(Date.now() - Date.parse(String(receivedAt))).toBeLessThan(10_000);
    }
  });

  it('is announced to the registration page where it may be read', async () => {
    const demo = (headers: Record<string, string> = {}) => fetch(`${app.url}/demo.json`, { headers });
    expect(await (await demo()).json()).toEqual({ phone: true });
    expect(await (await demo({ 'x-forwarded-for': '203.0.113.9' })).json()).toEqual({ phone: false });
  });

  it.each([
    ['at localhost', { host: 'localhost:4000' }],
    ['from its own page', { 'sec-fetch-site': 'same-origin' }],
  ])('answers a loopback request %s', async (_how, headers) => {
    for (const path of PATHS) expect(await rawStatus(app.url, path, headers)).toBe(200);
  });

  it.each([
    ['through a proxy with X-Forwarded-For', { 'x-forwarded-for': '203.0.113.9' }],
    ['through a proxy with Forwarded (RFC 7239)', { forwarded: 'for=203.0.113.9' }],
    ['under a foreign host name', { host: 'phone.example.com' }],
    ['through a proxy with X-Forwarded-Proto only', { 'x-forwarded-proto': 'https' }],
    ['through a content delivery network', { 'cf-connecting-ip': '203.0.113.9' }],
    ['from a page of another site', { 'sec-fetch-site': 'cross-site' }],
    ['from a page of another port', { 'sec-fetch-site': 'same-site' }],
  ])('does not exist for a request %s', async (_how, headers) => {
    for (const path of PATHS) expect(await rawStatus(app.url, path, headers)).toBe(404);
  });

  it('does not exist for a request over HTTP/1.0, as from a proxy without further headers', async () => {
    const host = new URL(app.url).host;
    const { text } = await sendRaw(app.url, `GET /phone/messages HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1.1 404 /);
  });

  it('does not exist with TRUSTED_PROXIES', async () => {
    const settings = { SMS_PROVIDER: 'simulated', TRUSTED_PROXIES: '127.0.0.1' };
    await usingTestApp({ settings }, async (proxied) => {
      for (const path of PATHS) expect(await rawStatus(proxied.url, path)).toBe(404);
      expect(await (await fetch(`${proxied.url}/demo.json`)).json()).toEqual({ phone: false });
    });
  });
});
