// The page as `npm run dev` serves it: out of its sources, by Vite, in a React that mounts everything twice.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { freshMobile } from '../support/api.ts';
import { newPage, startBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import { captchasOf, loseAnswersTo, RegistrationPage } from '../support/registration-page.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

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
        `YANZHENG_PORT=${servicePort}`,
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

  it('keeps the README example of the kit to one text when an answer gets lost', async () => {
    const { page } = await newPage(browser, { locale: 'en' });
    const ids = captchasOf(page);
    await page.goto(`${url}src/examples/own-page.html`);
    const pictures = page.getByRole('img');
    await eventually(async () => ids.size === 2 && (await pictures.count()) === 2);
    const images = await Promise.all([0, 1].map((index) => pictures.nth(index).getAttribute('src')));
    expect(new Set(images).size).toBe(2); // each form has a captcha of its own

    const text = await app.redis.get(`captcha:${ids.get(String(images[0]))}`);
    await page.getByRole('textbox', { name: 'Captcha' }).first().fill(String(text));
    await loseAnswersTo(page, 'RequestSmsCode');
    const send = page.getByRole('button').first();
    await send.click();
    await page.getByText('Please send the same again.').waitFor();
    expect(await pictures.first().getAttribute('src')).toBe(images[0]);
    await page.unroute('**/graphql');
    await send.click();
    await page
      .getByRole('button', { name: /^(60|5\d)$/ })
      .first()
      .waitFor();
    expect(app.gateway.requests.filter(({ to }) => to === '13800138001')).toHaveLength(1);
    await page.context().close();
  }, 60_000);

  it('has the playground, with its workers', async () => {
    const { page, errors } = await newPage(browser);
    await page.goto(`${url}playground`);
    await page.getByText('1 of 4').waitFor({ timeout: 30_000 });
    await eventually(async () => page.workers().length >= 2);
    expect(errors).toEqual([]);
    await page.context().close();
  }, 60_000);
});
