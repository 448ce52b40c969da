// The page as `npm run dev` serves it: out of its sources, by Vite, in a React that mounts everything twice.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { freshMobile } from '../support/api.ts';
import { newPage, startBrowser } from '../support/browser.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import { RegistrationPage } from '../support/registration-page.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { until } from '../support/until.ts';

describeWithBrowser('the page under development', () => {
  let app: TestApp;
  let browser: Browser;
  let vite: ServerProcess;
  let url: string;
  beforeAll(async () => {
    [app, browser] = await Promise.all([startTestApp({ settings: { DEMO: 'on' } }), startBrowser()]);
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    const servicePort = new URL(app.url).port;
    vite = new ServerProcess({
      name: 'Vite',
      command: '/usr/bin/env',
      args: [
        `PORT=${servicePort}`,
        process.execPath,
        'node_modules/vite/bin/vite.js',
        ...['--host', '127.0.0.1', '--port', String(port), '--strictPort'],
      ],
      directory: join(projectRoot, 'web'),
      logFile: join(await mkdtemp(join(tmpdir(), 'yanzheng-vite-')), 'log'),
      stopSignal: 'SIGTERM',
      reapSignal: 'SIGTERM',
      probe: () => fetch(url),
    });
    await vite.start();
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    await vite?.stop();
    await app?.stop();
  });

  it('asks for one captcha and sends one text, though every effect runs twice', async () => {
    // The first visit makes Vite bundle what the page imports, and load it anew.
    await (await RegistrationPage.open(app, browser, { url })).close();

    const page = await RegistrationPage.open(app, browser, { url });
    const mobile = freshMobile();
    await page.sendTo(mobile);
    await page.page.getByText('验证码已发送至').waitFor();
    expect(page.captchas.size).toBe(1);
    expect(page.textsTo(mobile)).toBe(1);

    await page.code.fill(app.gateway.lastCode);
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    await page.close();
  }, 60_000);

  it('has the playground, with its workers', async () => {
    const { page, errors } = await newPage(browser);
    await page.goto(`${url}playground`);
    await page.getByText('1 of 4').waitFor({ timeout: 30_000 });
    await until(async () => page.workers().length >= 2);
    expect(errors).toEqual([]);
    await page.context().close();
  }, 60_000);
});
