// The pages of the service: when they exist, under which policy, and how long they are cached.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/load-config.ts';
import { projectRoot } from '../support/project-root.ts';
import { rawStatus } from '../support/raw-request.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { CODE_SECRET, yuntongxunSettings } from '../support/test-settings.ts';
import { testKey } from '../support/test-tokens.ts';

const ASSETS = join(projectRoot, 'web/dist/assets');

const STRICT_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

describe('with the simulated provider', () => {
  const app = withTestApp({ settings: { SMS_PROVIDER: 'simulated' } });

  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${app.url}${path}`, { headers });

  it.each(['/', '/phone', '/playground'])(
    '%s is a page without inline scripts, which browsers revalidate each time',
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

      const etag = response.headers.get('etag');
      expect(etag).toMatch(/./);
      const validators = { 'if-none-match': String(etag), 'accept-encoding': 'br' };
      expect(await rawStatus(app.url, path, validators)).toBe(304);
    },
  );

  it.each(['/', '/phone'])('%s may load resources of the service only', async (path) => {
    expect((await get(path)).headers.get('content-security-policy')).toBe(STRICT_POLICY);
  });

  it('only the playground may add inline styles, and start workers of the service', async () => {
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
  ])(
    'scripts and styles are cached for a year, for a browser that accepts %s',
    async (accepted, encoding) => {
      const names = readdirSync(ASSETS).filter((name) => /\.(js|css)$/.test(name));
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
    },
  );

  it.each([
    '/assets/',
    '/assets/nothing.js',
    '/assets/../index.html',
    '/assets/%2e%2e/index.html',
    '/index.html',
    '/.built',
  ])('%s does not exist', async (path) => {
    expect([403, 404]).toContain(await rawStatus(app.url, path));
  });
});

describe('with a provider that sends SMS', () => {
  it('there is no simulated phone, and no registration page unless DEMO is on', async () => {
    await usingTestApp({}, async (app) => {
      for (const path of ['/', '/demo.json', '/phone', '/phone/messages'])
        expect([path, await rawStatus(app.url, path)]).toEqual([path, 404]);
      expect(await rawStatus(app.url, '/playground')).toBe(200);
    });
    await usingTestApp({ settings: { DEMO: 'on' } }, async (app) => {
      expect(await rawStatus(app.url, '/')).toBe(200);
      expect(await rawStatus(app.url, '/phone')).toBe(404);
    });
  });

  it('no file of the pages is served if all pages are off', async () => {
    await usingTestApp({ settings: { DEMO: 'off', PLAYGROUND: 'off' } }, async (app) => {
      const [asset] = readdirSync(ASSETS);
      for (const path of ['/', '/playground', '/icon.svg', `/assets/${asset}`])
        expect([path, await rawStatus(app.url, path)]).toEqual([path, 404]);
    });
  });
});

describe('in production', () => {
  const production = {
    NODE_ENV: 'production',
    REDIS_URL: 'redis://127.0.0.1',
    DATABASE_URL: 'postgres://127.0.0.1',
    CODE_SECRET,
    TOKEN_PRIVATE_KEY: testKey().privatePem,
    SMS_PER_DAY: '100',
    ...yuntongxunSettings('https://gateway.example'),
  };

  it('every page is off unless a setting turns it on', () => {
    const off = { demo: false, phone: false, playground: false };
    expect(loadConfig(production).pages).toEqual(off);
    expect(loadConfig({ ...production, PLAYGROUND: 'on' }).pages).toEqual({ ...off, playground: true });
    expect(loadConfig({ ...production, DEMO: 'on' }).pages).toEqual({ ...off, demo: true });
  });
});
