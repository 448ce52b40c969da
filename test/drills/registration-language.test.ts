// The languages of the registration page.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { holdRequests, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { registerMobile } from '../support/users.ts';

describeWithBrowser('the language of the registration page', () => {
  const suite = withRegistrationPage();

  it.each([
    [['en-GB', 'zh-CN'], 'en'],
    [['fr', 'zh-TW', 'en'], 'zh-CN'],
    [['fr'], 'en'],
  ])('is the first supported language of the browser: %j', async (languages, expected) => {
    const page = await suite.open({ languages });
    expect(await page.page.locator('html').getAttribute('lang')).toBe(expected);
  });

  it('can be switched, and the choice survives a reload', async () => {
    const page = await suite.open();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    await page.page.reload();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    expect(await page.page.title()).toBe('Register your mobile');
  });

  it('applies to the messages about the outcomes, also to those that are shown already', async () => {
    const page = await suite.open();
    // A segment without subscribers: only the service knows it.
    await page.sendTo('15400138000');
    await page.message('mobile').getByText('手机号').waitFor();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.message('mobile').getByText('This is no valid mobile number.').waitFor();
  });

  it('can be switched during a request, whose message still appears', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await registerMobile(suite.app, mobile);
    await page.fill(mobile);
    const release = await holdRequests(page.page, 'RequestSmsCode');
    await page.send.click();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    release();
    await page.message('mobile').filter({ hasText: /\S/ }).waitFor();
  });
});
