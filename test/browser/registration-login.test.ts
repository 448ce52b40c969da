// Registering and logging in with one form: the tabs, the way from one to the other, the consent and what comes after.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { accessibilityViolations } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type RegistrationPage, SMALL_PHONE, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { registerMobile } from '../support/users.ts';

const tab = ({ page }: RegistrationPage, name: string) => page.getByRole('tab', { name });
const button = ({ page }: RegistrationPage, name: string) => page.getByRole('button', { name, exact: true });

describeWithBrowser('the registration page', () => {
  const suite = withRegistrationPage();

  it('logs in a user, and shows the claims of the token and how a backend checks it', async () => {
    const page = await suite.open({ ...SMALL_PHONE, language: 'en' });
    const mobile = freshMobile();
    const id = await registerMobile(suite.app, mobile);
    await tab(page, 'Log in').click();
    await page.sendSuccessfullyTo(mobile);
    await page.code.fill(suite.app.gateway.lastCode);
    await page.page.getByRole('heading', { name: 'You are logged in' }).waitFor();
    const claims = Object.fromEntries(
      await page.page.locator('dl div').evaluateAll((rows) =>
        // biome-ignore lint/suspicious/noExplicitAny: runs in the page, which these types do not know
        (rows as any[]).map((row) => [
          row.querySelector('code').textContent,
          row.querySelector('dd').textContent,
        ]),
      ),
    );
    expect(claims).toMatchObject({
      sub: id,
      purpose: 'LOGIN',
      phone_number: `+86${mobile}`,
      phone_number_verified: 'true',
    });
    expect(await accessibilityViolations(page.page)).toEqual([]);
    for (const name of ['Example of a Node.js backend', 'Public keys']) {
      const href = await page.page.getByRole('link', { name }).getAttribute('href');
      const response = await fetch(new URL(String(href), suite.app.url));
      expect([name, response.status, await response.text()]).toEqual([
        name,
        200,
        expect.stringMatching(/jwks|"keys"/i),
      ]);
    }
    await button(page, 'Start again').click();
    await page.expectFocus('mobile');
    expect(await page.mobile.inputValue()).toBe('');
  });

  it.each([
    { registered: true, from: '注册', offer: '直接登录', heading: '登录成功' },
    { registered: false, from: '登录', offer: '用它注册', heading: '注册成功' },
  ])('offers the other purpose with one tap, and keeps what was typed: $offer', async (row) => {
    const page = await suite.open();
    const mobile = freshMobile();
    if (row.registered) await registerMobile(suite.app, mobile);
    await tab(page, row.from).click();
    await page.sendTo(mobile);
    await button(page, row.offer).click();
    await page.expectFocus('captchaAnswer');
    expect(await tab(page, row.from).getAttribute('aria-selected')).toBe('false');
    expect(await page.mobileDigits()).toBe(mobile);
    expect(await page.consent.isChecked()).toBe(true);
    await page.captchaAnswer.fill(await page.readCaptcha());
    await page.send.click();
    await page.expectFocus('code');
    await page.code.fill(suite.app.gateway.lastCode);
    await page.page.getByRole('heading', { name: row.heading }).waitFor();
  });

  it('switches its tabs with the arrow keys, and keeps the captcha, which is not spent', async () => {
    const page = await suite.open();
    await page.fill(freshMobile());
    const answer = await page.captchaAnswer.inputValue();
    await tab(page, '注册').focus();
    await page.page.keyboard.press('ArrowRight');
    await tab(page, '登录').and(page.page.locator(':focus')).waitFor();
    expect(await page.page.title()).toBe('手机号登录');
    expect(await page.captchaAnswer.inputValue()).toBe(answer);
    expect(page.countOf('ImageCaptcha')).toBe(1);
    await page.page.keyboard.press('ArrowLeft');
    await tab(page, '注册').and(page.page.locator(':focus')).waitFor();
  });

  it('sends nothing without the consent, marks everything that is missing at once, and keeps the consent over a reload', async () => {
    const page = await suite.open();
    await page.send.click();
    for (const field of ['mobile', 'captchaAnswer', 'consent'] as const)
      expect([field, await page.message(field).textContent()]).toEqual([field, expect.stringMatching(/^请/)]);
    await page.mobile.fill(freshMobile());
    await page.captchaAnswer.fill(await page.readCaptcha());
    await page.send.click();
    await page.message('consent').getByText('请先阅读并同意服务条款和隐私政策').waitFor();
    expect(page.countOf('RequestSmsCode')).toBe(0);
    await button(page, '隐私政策').click();
    await page.page.getByRole('dialog', { name: '隐私政策' }).waitFor();
    await page.page.keyboard.press('Escape');
    await page.consent.check();
    expect(await page.message('consent').textContent()).toBe('');
    await page.page.reload();
    expect(await page.consent.isChecked()).toBe(true);
    expect(await page.mobileDigits()).toHaveLength(11);
  });

  it('groups the digits of the mobile while they are typed, and keeps the caret at its digit', async () => {
    const page = await suite.open();
    const { keyboard } = page.page;
    await page.mobile.focus();
    await keyboard.type('13800138');
    expect(await page.mobile.inputValue()).toBe('138 0013 8');
    for (let step = 0; step < 6; step += 1) await keyboard.press('ArrowLeft');
    await keyboard.type('99');
    expect(await page.mobile.inputValue()).toBe('138 9900 138');
    await keyboard.press('Backspace');
    expect(await page.mobile.inputValue()).toBe('138 9001 38');
    await page.mobile.fill('+86 138-0013-8000');
    expect(await page.mobile.inputValue()).toBe('138 0013 8000');
  });

  it('shows everything on a small phone without scrolling, also with all messages', async () => {
    const page = await suite.open(SMALL_PHONE);
    await page.send.click();
    const submit = await page.register.boundingBox();
    expect(submit && submit.y + submit.height).toBeLessThanOrEqual(SMALL_PHONE.viewport.height);
    const refresh = await page.newCaptcha.boundingBox();
    expect(Math.min(refresh?.width ?? 0, refresh?.height ?? 0)).toBeGreaterThanOrEqual(44);
  });

  it.each([
    [1280, true],
    [390, false],
  ])('focuses the first field on a wide screen alone: %d px', async (width, isFocused) => {
    const page = await suite.open({ viewport: { width, height: 800 } });
    await eventually(async () => (await page.captchaId()) !== '');
    const focused = page.mobile.and(page.page.locator(':focus'));
    expect((await focused.count()) === 1).toBe(isFocused);
  });

  it('says after a second SMS what may be wrong, if none has arrived', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const mobile = freshMobile();
    await page.sendSuccessfullyTo(mobile);
    // The limits of the service still count by its own clock. The next captcha comes after this.
    await suite.app.redis.flushall();
    await page.page.clock.fastForward(61_000);
    await button(page, '重新发送').waitFor();
    await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
    await page.sendSuccessfullyTo(mobile);
    await page.page.getByText('没有收到？请查看手机是否拦截了短信，或换一个手机号').waitFor();
  });
});
