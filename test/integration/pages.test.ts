// The pages that the service hands out: to whom, under which policy, how long they may be kept.

import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readConfig } from '../../src/config/load-config.ts';
import { expectType, freshMobile } from '../support/api.ts';
import { projectRoot } from '../support/project-root.ts';
import { sendRaw } from '../support/raw-request.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { testKey } from '../support/test-tokens.ts';

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('with the simulated provider', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { SMS_PROVIDER: 'simulated' } });
  });
  afterAll(() => app?.stop());

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers });

  it.each(['/', '/phone', '/playground'])(
    '%s is a page without inline scripts, asked about each time',
    async (path) => {
      const response = await get(path, { 'accept-encoding': 'br' });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(response.headers.get('cache-control')).toBe('no-cache');
      expect(response.headers.get('x-content-type-options')).toBe('nosniff');
      const html = await response.text();
      const scripts = [...html.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
      expect(scripts.length).toBeGreaterThan(0);
      for (const tag of scripts) expect(tag).toMatch(/ type="module" .*src="\/assets\//);
      expect(html).not.toMatch(/https?:|<style|style=| on\w+=/);

      const known = { 'if-none-match': String(response.headers.get('etag')), 'accept-encoding': 'br' };
      expect(await rawStatus(app.url, path, known)).toBe(304);
    },
  );

  it.each(['/', '/phone'])('%s may load from the service alone', async (path) => {
    expect((await get(path)).headers.get('content-security-policy')).toBe(STRICT);
  });

  it('only the playground may write styles, and start workers of the service', async () => {
    const policy = String((await get('/playground')).headers.get('content-security-policy'));
    const directives = new Map(
      policy.split('; ').map((directive) => directive.split(/ (.*)/, 2) as [string, string]),
    );
    expect(Object.fromEntries(directives)).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self' 'unsafe-inline'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'worker-src': "'self'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': "'none'",
    });
  });

  it.each([
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['identity', null],
  ])('hands out scripts and styles for good, to a browser that takes %s', async (accepted, encoding) => {
    const names = readdirSync(join(projectRoot, 'web/dist/assets')).filter((name) =>
      /\.(js|css)$/.test(name),
    );
    expect(names.length).toBeGreaterThan(3);
    for (const name of names) {
      expect(name).toMatch(/-[\w-]{8}\.(js|css)$/);
      const response = await get(`/assets/${name}`, { 'accept-encoding': accepted });
      expect(response.status).toBe(200);
      expect(response.headers.get('content-encoding')).toBe(encoding);
      expect(response.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
      expect(response.headers.get('vary')).toContain('accept-encoding');
      await response.arrayBuffer();
    }
  });

  it.each([
    '/assets/',
    '/assets/nothing.js',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/index.html',
    '/.built',
  ])('has nothing at %s', async (path) => expect([403, 404]).toContain(await rawStatus(app.url, path)));

  it('/phone/texts has the texts, newest first, and nobody may keep them', async () => {
    const mobiles = [freshMobile(), freshMobile()];
    for (const mobile of mobiles) expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const response = await get('/phone/texts');
    expect(response.headers.get('cache-control')).toBe('no-store');
    const { texts } = (await response.json()) as { texts: Record<string, string>[] };
    expect(texts.map(({ maskedMobile }) => maskedMobile)).toEqual(
      mobiles.toReversed().map((mobile) => mobile.replace(/^(\d{3})\d{4}/, '$1****')),
    );
    for (const { text, takenAt } of texts) {
      expect(text).toMatch(/验证码是\d{6}，/);
      expect(Date.now() - Date.parse(String(takenAt))).toBeLessThan(10_000);
    }
  });

  describe('codes are shown to this machine alone:', () => {
    it.each([
      ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }],
      ['through a proxy that says so as RFC 7239 has it', { forwarded: 'for=203.0.113.9' }],
      ['under a name that somebody pointed here', { host: 'phone.example.com' }],
      ['through one that only tells the protocol', { 'x-forwarded-proto': 'https' }],
      ['through a content network', { 'cf-connecting-ip': '203.0.113.9' }],
      ['by a page of another site', { 'sec-fetch-site': 'cross-site' }],
      ['by a page of another port', { 'sec-fetch-site': 'same-site' }],
    ])('not %s', async (_how, headers) => {
      for (const path of ['/phone', '/phone/texts'])
        expect(await rawStatus(app.url, path, headers)).toBe(404);
    });

    it('not through a proxy that names itself nowhere, but speaks HTTP/1.0', async () => {
      const host = new URL(app.url).host;
      const { text } = await sendRaw(app.url, `GET /phone/texts HTTP/1.0\r\nHost: ${host}\r\n\r\n`);
      expect(text).toMatch(/^HTTP\/1.1 404 /);
    });

    it('not at all behind proxies', async () => {
      const behind = await startTestApp({
        settings: { SMS_PROVIDER: 'simulated', TRUSTED_PROXIES: '127.0.0.1' },
      });
      try {
        for (const path of ['/phone', '/phone/texts']) expect(await rawStatus(behind.url, path)).toBe(404);
        expect(await (await fetch(`${behind.url}/demo.json`)).json()).toEqual({ phone: false });
      } finally {
        await behind.stop();
      }
    });

    it.each([
      ['at localhost', { host: 'localhost:4000' }],
      ['from the page itself', { 'sec-fetch-site': 'same-origin' }],
    ])('%s', async (_how, headers) => {
      for (const path of ['/phone', '/phone/texts'])
        expect(await rawStatus(app.url, path, headers)).toBe(200);
    });
  });

  it('the page is told that there is a phone, where it may be looked at', async () => {
    expect(await (await get('/demo.json')).json()).toEqual({ phone: true });
    const elsewhere = await get('/demo.json', { 'x-forwarded-for': '203.0.113.9' });
    expect(await elsewhere.json()).toEqual({ phone: false });
  });
});

describe('with a provider that sends', () => {
  it('there is no phone, and the registration page only if it is asked for', async () => {
    const app = await startTestApp();
    try {
      for (const path of ['/', '/demo.json', '/phone', '/phone/texts'])
        expect([path, await rawStatus(app.url, path)]).toEqual([path, 404]);
      expect(await rawStatus(app.url, '/playground')).toBe(200);
    } finally {
      await app.stop();
    }
  });

  it('nothing is handed out where all pages are off', async () => {
    const app = await startTestApp({ settings: { DEMO: 'off', PLAYGROUND: 'off' } });
    const [asset] = readdirSync(join(projectRoot, 'web/dist/assets'));
    try {
      for (const path of ['/', '/playground', '/icon.svg', `/assets/${asset}`])
        expect([path, await rawStatus(app.url, path)]).toEqual([path, 404]);
    } finally {
      await app.stop();
    }
  });
});

describe('in production', () => {
  const production = {
    NODE_ENV: 'production',
    REDIS_URL: 'redis://127.0.0.1',
    DATABASE_URL: 'postgres://127.0.0.1',
    CODE_SECRET: 'a secret of the tests, 32 bytes and more',
    TOKEN_PRIVATE_KEY: testKey().privatePem,
    SMS_PER_DAY: '100',
    SMS_PROVIDER: 'yuntongxun',
    YUNTONGXUN_ACCOUNT_SID: 'a',
    YUNTONGXUN_AUTH_TOKEN: 'b',
    YUNTONGXUN_APP_ID: 'c',
  };

  it('all pages are off until they are asked for', () => {
    expect(readConfig(production).pages).toEqual({ demo: false, phone: false, playground: false });
    expect(readConfig({ ...production, PLAYGROUND: 'on' }).pages).toEqual({
      demo: false,
      phone: false,
      playground: true,
    });
    expect(readConfig({ ...production, DEMO: 'on' }).pages).toEqual({
      demo: true,
      phone: false,
      playground: false,
    });
  });
});

/** The status of a request with these very headers and that very path. */
function rawStatus(url: string, path: string, headers: Record<string, string> = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path, headers }, (response) => {
      response.resume();
      resolve(Number(response.statusCode));
    })
      .on('error', reject)
      .end();
  });
}
