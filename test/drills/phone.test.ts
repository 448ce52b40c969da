// The page of the simulated phone, and a registration that uses it.

import { expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { accessibilityViolations, newPage, saveScreenshot } from '../support/browser.ts';
import { SMALL_PHONE, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';

describeWithBrowser('the simulated phone', () => {
  const suite = withRegistrationPage({ settings: { SMS_PROVIDER: 'simulated' } });

  it('is linked from the registration page and shows the SMS with the code', async () => {
    const registration = await suite.open();
    await registration.sendTo(freshMobile());
    const [phone] = await Promise.all([
      registration.page.context().waitForEvent('page'),
      registration.page.getByRole('link', { name: '查看模拟手机收到的短信' }).click(),
    ]);
    const code = await phone.locator('li strong').first().textContent();
    await registration.code.fill(String(code));
    await registration.registered.waitFor();
  });

  it('shows a new SMS above the others without a reload', async () => {
    const { page, errors, hosts } = await newPage(suite.browser, {
      ...SMALL_PHONE,
      locale: 'en',
      colorScheme: 'dark',
    });
    await page.goto(`${suite.app.url}/phone`);
    await page.getByRole('heading', { name: 'Simulated phone' }).waitFor();
    for (const mobile of [freshMobile(), freshMobile()]) {
      expectType(await suite.app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      await page
        .locator('li')
        .first()
        .getByText(`138****${mobile.slice(7)}`)
        .waitFor();
    }
    await saveScreenshot(page, 'phone-320');
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(errors).toEqual([]);
    expect([...hosts]).toEqual(['127.0.0.1']);
    await page.context().close();
  });

  it('keeps its messages while the service is unreachable and reconnects', async () => {
    const { page } = await newPage(suite.browser, { locale: 'zh-CN' });
    await page.goto(`${suite.app.url}/phone`);
    await page.locator('li').first().waitFor();
    await page.context().setOffline(true);
    await page.getByText('服务没有响应').waitFor();
    expect(await page.locator('li').count()).toBeGreaterThan(0);
    await page.context().setOffline(false);
    await page.getByText('服务没有响应').waitFor({ state: 'detached' });
    await page.context().close();
  });
});
