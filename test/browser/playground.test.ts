// The GraphQL IDE, as somebody uses it who has only this machine: from the captcha to a registered user.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Browser, Page, Response } from 'playwright-core';
import { newPage, startBrowser, type Watched } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const OPERATIONS = ['ImageCaptcha', 'RequestSmsCode', 'VerifySmsCode', 'RegisterUser'];

const isAnswer = (response: Response) => new URL(response.url()).pathname === '/graphql';
const isIntrospection = (response: Response) =>
  !!response.request().postData()?.includes('IntrospectionQuery');

describeWithBrowser('the playground', () => {
  let app: TestApp;
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  const answered: Response[] = [];

  beforeAll(async () => {
    [app, browser] = await Promise.all([startTestApp({ settings: { PLAYGROUND: 'on' } }), startBrowser()]);
    watched = await newPage(browser);
    page = watched.page;
    page.setDefaultTimeout(5000);
    page.on('response', (response) => answered.push(response));
    await page.goto(`${app.url}/playground`);
  });

  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  /** Runs what the open tab has, and returns the answer once it is on the screen. */
  async function run(): Promise<Record<string, unknown>> {
    const response = page.waitForResponse((some) => isAnswer(some) && !isIntrospection(some));
    await page.getByRole('button', { name: 'Execute query' }).click();
    const { data } = await (await response).json();
    const [answer] = Object.values<Record<string, unknown>>(data);
    await page
      .getByLabel('Result Window')
      .getByText(new RegExp(`"${answer?.__typename}"`))
      .waitFor();
    return answer ?? {};
  }

  const kept = () => page.evaluate(() => localStorage.getItem('graphiql:variables'));
  const variables = () => page.getByRole('region', { name: 'Variables' });

  test('opens with the four operations in the order of their use, and nothing to complain of', async () => {
    await page.getByRole('region', { name: 'Operation Editor' }).getByText('1 of 4: a captcha').waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(OPERATIONS);
    await expect(page.title()).resolves.toBe('Yanzheng playground');
  });

  test('shows the picture of a captcha, and takes what was read to the request for a text', async () => {
    const { id } = await run();
    const picture = page.getByAltText('Captcha');
    await picture.waitFor();
    expect(await picture.evaluate((image: { naturalWidth?: number }) => image.naturalWidth)).toBe(180);

    await page.getByLabel('What do you read?').fill(String(await app.redis.get(`captcha:${id}`)));
    await page.getByRole('button', { name: 'Put into RequestSmsCode' }).click();
    expect(await run()).toMatchObject({ __typename: 'SmsCodeSent', mobile: '139****9000' });
    expect(app.gateway.requests).toHaveLength(1);
  });

  test('takes the proof of the code to the registration', async () => {
    await page.getByRole('tab', { name: 'VerifySmsCode' }).click();
    await variables().getByText('""', { exact: true }).click(); // the code's, and the cursor is between them
    await page.keyboard.type(app.gateway.lastCode);
    await page.waitForTimeout(150); // GraphiQL looks at a document 100 ms after it is opened
    expect(await run()).toMatchObject({ __typename: 'MobileVerified' });
    await page.getByRole('button', { name: 'Put into RegisterUser' }).click();
    expect(await run()).toMatchObject({ __typename: 'UserRegistered', user: { mobile: '+8613900139000' } });
  });

  test('still has over a reload what was typed', async () => {
    await page.getByRole('tab', { name: 'VerifySmsCode' }).click();
    await eventually(async () => (await kept())?.includes(app.gateway.lastCode) === true);
    await page.reload();
    await variables().getByText(app.gateway.lastCode).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(OPERATIONS);
  });

  test('fills the window and no more', async () => {
    const rest = 'document.documentElement.scrollHeight - document.documentElement.clientHeight';
    expect(await page.evaluate(rest)).toBe(0);
  });

  test('asks no other host for anything, and keeps to its policy', () => {
    expect([...watched.hosts]).toEqual(['127.0.0.1']);
    expect(watched.errors).toEqual([]);
  });

  test('has its files compressed, under names that change with them, for browsers to keep', async () => {
    const document = await fetch(`${app.url}/playground`);
    expect(document.headers.get('cache-control')).toBe('no-cache');
    expect(document.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);

    const files = answered.filter((response) => response.url().includes('/assets/'));
    expect(files.length).toBeGreaterThan(5);
    for (const file of files) {
      expect(file.url()).toMatch(/-[\w-]{8}\.\w+$/);
      expect(file.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(file.headers()['content-encoding']).toMatch(/^(br|gzip)$/);
    }
  });
});
