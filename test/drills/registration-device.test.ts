// The captcha that the device solves: for people who cannot read the image, with the keyboard alone, and with its progress.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { accessibilityViolations } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';

const NAMES = {
  'zh-CN': { offer: '看不清图片？让这台设备代为验证', image: '改用图片', working: '设备正在计算，请稍候' },
  en: {
    offer: "Can't read the image? Let this device work for a few seconds",
    image: 'Use the image',
    working: 'This device is working. Please wait.',
  },
} as const;

/** Runs in the page: polling from here would miss the values on a busy machine. */
const RECORD_SHARES = `
  window.shares = [];
  new MutationObserver(() => {
    const bar = document.querySelector('progress');
    if (bar) window.shares.push(bar.value);
  }).observe(document.body, { subtree: true, childList: true, attributes: true });
`;

describeWithBrowser('on the registration page the device', () => {
  const suite = withRegistrationPage();

  it.each(['zh-CN', 'en'] as const)(
    'solves the captcha with the keyboard alone, in %s',
    async (language) => {
      const page = await suite.open({ language, viewport: { width: 320, height: 640 } });
      const names = NAMES[language];
      const mobile = freshMobile();
      const { keyboard } = page.page;
      await page.mobile.focus();
      await keyboard.type(mobile);
      const offer = page.page.getByRole('button', { name: names.offer });
      const focused = offer.and(page.page.locator(':focus'));
      while ((await focused.count()) === 0) await keyboard.press('Tab');
      await keyboard.press('Enter');
      await page.consent.focus();
      await keyboard.press('Space');
      expect(await page.captchaAnswer.count()).toBe(0);
      await page.saveScreenshot(`device-offered-${language}`);
      expect(await accessibilityViolations(page.page)).toEqual([]);

      await page.page.evaluate(RECORD_SHARES);
      await page.mobile.focus();
      await keyboard.press('Enter');
      await page.page.getByRole('status').filter({ hasText: names.working }).waitFor();
      await eventually(async () => page.messagesTo(mobile) === 1, 30_000);
      const shares = await page.page.evaluate<number[]>('window.shares');
      expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true);
      await page.expectFocus('code');
      await page.code.pressSequentially(suite.app.gateway.lastCode);
      await page.registered.waitFor();
      expect(page.observed.errors).toEqual([]);
      expect([...page.observed.hosts]).toEqual(['127.0.0.1']);
    },
    60_000,
  );

  it('stops its work when the person returns to the image', async () => {
    const page = await suite.open({ language: 'en' });
    const mobile = freshMobile();
    await page.mobile.fill(mobile);
    await page.consent.check();
    await page.page.getByRole('button', { name: NAMES.en.offer }).click();
    await page.send.click();
    await page.page.getByRole('status').filter({ hasText: NAMES.en.working }).waitFor();
    await page.page.getByRole('button', { name: NAMES.en.image }).click();
    await page.expectFocus('captchaAnswer');
    await eventually(async () => page.page.workers().length === 0);
    expect(page.messagesTo(mobile)).toBe(0);
    await page.sendTo(mobile);
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
  }, 60_000);

  it('does not work before there is a mobile', async () => {
    const page = await suite.open({ language: 'en' });
    await page.page.getByRole('button', { name: NAMES.en.offer }).click();
    await page.send.click();
    await page.page.getByText('Enter your mobile number.').waitFor();
    expect(page.countOf('ProofOfWorkCaptcha')).toBe(0);
  });
});
