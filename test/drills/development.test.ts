// The pages as the development server of `npm run dev` serves them: from their sources, with React's StrictMode.

import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { newPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { projectRoot } from '../support/project-root.ts';
import {
  loseResponses,
  readCaptchaAnswer,
  recordCaptchas,
  withRegistrationPage,
} from '../support/registration-page.ts';
import { ServerProcess } from '../support/server-process.ts';
import { describeWithBrowser } from '../support/suites.ts';

/** Without a cache, the development server bundles the dependencies of a page at the first request. */
const COLD_START_TIMEOUT_MS = 90_000;
jest.setTimeout(2 * COLD_START_TIMEOUT_MS);

describeWithBrowser('the development server without a cache', () => {
  const suite = withRegistrationPage();
  let vite: ServerProcess;
  let url: string;
  beforeAll(async () => {
    const port = await freePort();
    url = `http://127.0.0.1:${port}/`;
    vite = await developmentServer(port, suite.app.url);
    await vite.start();
  });
  afterAll(() => vite?.stop());

  it('serves a playground that validates operations against the schema, without an error in the console', async () => {
    const { page, errors } = await newPage(suite.browser);
    page.setDefaultTimeout(COLD_START_TIMEOUT_MS);
    await page.goto(`${url}playground`);
    await page.getByText('1 of 4: get a captcha').click();
    await page.keyboard.press('Control+End');
    await page.keyboard.insertText('query Unknown { unknownField }');
    // The language worker marks the field. Its modules must share one instance of `graphql`.
    const markers = page.locator('.squiggly-error');
    await eventually(async () => errors.length > 0 || (await markers.count()) > 0, COLD_START_TIMEOUT_MS);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  it('loads one captcha and sends one SMS, although StrictMode runs every effect twice', async () => {
    const page = await suite.open({ url });
    const mobile = freshMobile();
    await page.sendTo(mobile);
    await page.page.getByText('验证码已发送至').waitFor();
    expect(page.captchas.size).toBe(1);
    expect(page.messagesTo(mobile)).toBe(1);

    await page.code.fill(suite.app.gateway.lastCode);
    await page.registered.waitFor();
  });

  it('serves the SDK example, which sends one SMS when a response is lost', async () => {
    const { page } = await newPage(suite.browser, { locale: 'en' });
    const captchas = recordCaptchas(page);
    await page.goto(`${url}src/examples/custom-page.html`);
    const images = page.getByRole('img');
    await eventually(async () => captchas.size === 2 && (await images.count()) === 2);
    const sources = await Promise.all([0, 1].map((index) => images.nth(index).getAttribute('src')));
    expect(new Set(sources).size).toBe(2); // Each form has its own captcha.

    const answer = await readCaptchaAnswer(suite.app, captchas.get(String(sources[0])));
    await page.getByRole('textbox', { name: 'Captcha' }).first().fill(answer);
    await loseResponses(page, 'RequestSmsCode');
    const send = page.getByRole('button').first();
    await send.click();
    await page.getByText('No response. Please send it again.').waitFor();
    expect(await images.first().getAttribute('src')).toBe(sources[0]);
    await page.unroute('**/graphql');
    await send.click();
    await page
      .getByRole('button', { name: /^(60|5\d)$/ })
      .first()
      .waitFor();
    expect(suite.app.gateway.requests.filter(({ to }) => to === '13800138001')).toHaveLength(1);
    await page.context().close();
  });

  it('serves the Vue example of the SDK, which sends an SMS', async () => {
    const { page, errors } = await newPage(suite.browser, { locale: 'en' });
    const captchas = recordCaptchas(page);
    await page.goto(`${url}src/examples/vue-page.html`);
    const source = await page.getByRole('img').getAttribute('src', { timeout: COLD_START_TIMEOUT_MS });
    await page.getByRole('textbox').fill('zzzz');
    await page.getByRole('button').click();
    await page.getByText('The characters do not match the image.').waitFor();
    await eventually(async () => captchas.size === 2);
    const image = page.getByRole('img');
    await eventually(async () => (await image.getAttribute('src')) !== source);
    const id = captchas.get(String(await image.getAttribute('src')));
    await page.getByRole('textbox').fill(await readCaptchaAnswer(suite.app, id));
    await page.getByRole('button').click();
    await page.getByText('Sent to 138****8003.').waitFor();
    expect(suite.app.gateway.requests.filter(({ to }) => to === '13800138003')).toHaveLength(1);
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

async function developmentServer(port: number, serviceUrl: string): Promise<ServerProcess> {
  return new ServerProcess({
    name: 'Vite',
    command: '/usr/bin/env',
    args: [
      `YANZHENG_PORT=${new URL(serviceUrl).port}`,
      process.execPath,
      'node_modules/vite/bin/vite.js',
      ...['--host', '127.0.0.1', '--port', String(port), '--strictPort'],
      '--force', // ignores the cache, as after a fresh clone
    ],
    directory: join(projectRoot, 'web'),
    logFile: join(await mkdtemp(join(tmpdir(), 'yanzheng-vite-')), 'log'),
    stopSignal: 'SIGTERM',
    reapSignal: 'SIGTERM',
    probe: () => fetch(`http://127.0.0.1:${port}/`),
  });
}
