// The playground without any other host: from a captcha to a registered user.

import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page, Response } from 'playwright-core';
import { newPage, type ObservedPage, withBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { readCaptchaAnswer } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

const OPERATIONS = ['ImageCaptcha', 'RequestSmsCode', 'VerifySmsCode', 'RegisterUser', 'SmsDelivery'];

/** The tests build on each other, as the steps of a verification do. */
describeWithBrowser('the playground', () => {
  const browser = withBrowser();
  let app: TestApp;
  let observed: ObservedPage;
  let page: Page;
  const responses: Response[] = [];

  beforeAll(async () => {
    app = await startTestApp({ settings: { PLAYGROUND: 'on' } });
    observed = await newPage(browser());
    page = observed.page;
    page.setDefaultTimeout(5000);
    page.on('response', (response) => responses.push(response));
    await page.goto(`${app.url}/playground`);
  });
  afterAll(() => app?.stop());

  /** Runs the operation of the open tab. Resolves to its result once the page shows it. */
  async function run(): Promise<Record<string, unknown>> {
    const response = page.waitForResponse(isOperationResult);
    await page.getByRole('button', { name: 'Execute query' }).click();
    const { data } = await (await response).json();
    const [result] = Object.values<Record<string, unknown>>(data);
    await page
      .getByLabel('Result Window')
      .getByText(new RegExp(`"${result?.__typename}"`))
      .waitFor();
    return result ?? {};
  }

  const variables = () => page.getByRole('region', { name: 'Variables' });

  /**
   * Whether GraphiQL has processed and stored an operation and its variables. It parses and stores the editors and the
   * tabs with different delays. Until then it runs the operation of the previous tab, and a reload adds a tab.
   */
  async function isStored(operation: string, value: string): Promise<boolean> {
    const read = (key: string) => page.evaluate((name) => localStorage.getItem(name), `graphiql:${key}`);
    const [query, variables, tabState] = await Promise.all(['query', 'variables', 'tabState'].map(read));
    const { tabs, activeTabIndex } = JSON.parse(tabState ?? '{"tabs":[]}');
    const tab = tabs[activeTabIndex];
    const isConsistent = tab?.query === query && tab?.variables === variables;
    return isConsistent && tab.title === operation && variables?.includes(value) === true;
  }

  test('opens a tab for each operation, in the order of a verification', async () => {
    await page.getByRole('region', { name: 'Operation Editor' }).getByText('1 of 4: get a captcha').waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(OPERATIONS);
    await expect(page.title()).resolves.toBe('Yanzheng playground');
  });

  test('shows the captcha image and copies its answer into the request for an SMS', async () => {
    const { id } = await run();
    const image = page.getByAltText('Captcha');
    await image.waitFor();
    expect(await image.evaluate((element: { naturalWidth?: number }) => element.naturalWidth)).toBe(180);

    await page.getByLabel('Characters in the image').fill(await readCaptchaAnswer(app, id));
    await page.getByRole('button', { name: 'Fill in RequestSmsCode' }).click();
    expect(await run()).toMatchObject({ __typename: 'SmsCodeSent', mobile: '139****9000' });
    expect(app.gateway.requests).toHaveLength(1);
  });

  test('copies the id of the delivery into the question what became of the SMS', async () => {
    await page.getByRole('button', { name: 'Fill in SmsDelivery' }).click();
    expect(await run()).toMatchObject({ __typename: 'SmsDelivery', status: 'ACCEPTED' });
  });

  test('copies the verification token into the registration', async () => {
    await page.getByRole('tab', { name: 'VerifySmsCode' }).click();
    // The empty code is the only empty string. The click places the cursor between its quotes.
    await variables().getByText('""', { exact: true }).click();
    await page.keyboard.type(app.gateway.lastCode);
    await eventually(() => isStored('VerifySmsCode', app.gateway.lastCode));
    expect(await run()).toMatchObject({ __typename: 'MobileVerified' });
    await page.getByRole('button', { name: 'Fill in RegisterUser' }).click();
    expect(await run()).toMatchObject({ __typename: 'UserRegistered', user: { mobile: '+8613900139000' } });
  });

  test('restores the variables after a reload', async () => {
    await page.getByRole('tab', { name: 'VerifySmsCode' }).click();
    await eventually(() => isStored('VerifySmsCode', app.gateway.lastCode));
    await page.reload();
    await variables().getByText(app.gateway.lastCode).waitFor();
    expect(await page.getByRole('tab').allInnerTexts()).toEqual(OPERATIONS);
  });

  test('fits into the window without scrolling', async () => {
    const overflow = 'document.documentElement.scrollHeight - document.documentElement.clientHeight';
    expect(await page.evaluate(overflow)).toBe(0);
  });

  test('sends no request to another host and never violates its content security policy', () => {
    expect([...observed.hosts]).toEqual(['127.0.0.1']);
    expect(observed.errors).toEqual([]);
  });

  test('serves its files compressed and immutable, with a hash in each name', async () => {
    const document = await fetch(`${app.url}/playground`);
    expect(document.headers.get('cache-control')).toBe('no-cache');
    expect(document.headers.get('content-encoding')).toMatch(/^(br|gzip)$/);

    const assets = responses.filter((response) => response.url().includes('/assets/'));
    expect(assets.length).toBeGreaterThan(5);
    for (const asset of assets) {
      expect(asset.url()).toMatch(/-[\w-]{8}\.\w+$/);
      expect(asset.headers()['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(asset.headers()['content-encoding']).toMatch(/^(br|gzip)$/);
    }
  });
});

function isOperationResult(response: Response): boolean {
  const isIntrospection = response.request().postData()?.includes('IntrospectionQuery') === true;
  return new URL(response.url()).pathname === '/graphql' && !isIntrospection;
}

describeWithBrowser('the playground in Chinese', () => {
  const browser = withBrowser();

  test('has its own strings and the comments of the tabs in Chinese, and runs', async () => {
    const app = await startTestApp({ settings: { PLAYGROUND: 'on' } });
    const { page, errors } = await newPage(browser(), { locale: 'zh-CN' });
    await page.goto(`${app.url}/playground`);
    await page.getByText('1/4：获取图片验证码').waitFor();
    await page.getByRole('heading', { name: '图片验证码' }).waitFor();
    await page.getByText('执行 ImageCaptcha，图片会显示在这里。').waitFor();
    await page.getByRole('button', { name: 'Execute query' }).click();
    await page.getByRole('textbox', { name: '图片中的字符' }).waitFor();
    expect(errors).toEqual([]);
    await app.stop();
  });
});
