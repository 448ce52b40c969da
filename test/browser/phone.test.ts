// The simulated phone, and a registration with its help alone.

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { expectType, freshMobile } from '../support/api.ts';
import { findingsOfAxe, newPage, SCREENSHOTS, startBrowser, watch } from '../support/browser.ts';
import { RegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';

describeWithBrowser('the simulated phone', () => {
  let app: TestApp;
  let browser: Browser;
  beforeAll(async () => {
    [app, browser] = await Promise.all([
      startTestApp({ settings: { SMS_PROVIDER: 'simulated' } }),
      startBrowser(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  it('is linked by the registration page, and shows the text that registers', async () => {
    const registration = await RegistrationPage.open(app, browser);
    await registration.sendTo(freshMobile());
    const [tab] = await Promise.all([
      registration.page.context().waitForEvent('page'),
      registration.page.getByRole('link', { name: '查看模拟手机收到的短信' }).click(),
    ]);
    const code = await tab.locator('li strong').first().textContent();
    await registration.code.fill(String(code));
    await registration.page.getByRole('heading', { name: '注册成功' }).waitFor();
    await registration.close();
  });

  it('shows new texts above the others, by itself', async () => {
    const { page, errors, hosts } = await newPage(browser, {
      locale: 'en',
      colorScheme: 'dark',
      viewport: { width: 320, height: 640 },
    });
    await page.goto(`${app.url}/phone`);
    await page.getByRole('heading', { name: 'Simulated phone' }).waitFor();
    for (const mobile of [freshMobile(), freshMobile()]) {
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      await page
        .locator('li')
        .first()
        .getByText(`138****${mobile.slice(7)}`)
        .waitFor();
    }
    await page.screenshot({ path: join(SCREENSHOTS, 'phone-320.png'), fullPage: true });
    expect(await findingsOfAxe(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual(['127.0.0.1']);
    await page.context().close();
  });

  it('says that the service is away, and goes on when it is back', async () => {
    const { page } = watch(await browser.newPage({ locale: 'zh-CN' }));
    await page.goto(`${app.url}/phone`);
    await page.locator('li').first().waitFor();
    await page.context().setOffline(true);
    await page.getByText('服务没有响应').waitFor();
    expect(await page.locator('li').count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await page.getByText('服务没有响应').waitFor({ state: 'detached' });
    await page.context().close();
  });
});
