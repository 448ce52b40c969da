// The registration page without errors: from an empty form to a registered user.

import { describe, expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { accessibilityViolations } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { holdRequests, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { success, type TestGateway } from '../support/test-gateway.ts';

describeWithBrowser('the registration page', () => {
  const suite = withRegistrationPage();

  describe.each([
    { language: 'zh-CN', sent: '验证码已发送至' },
    { language: 'en', sent: 'Code sent to' },
  ] as const)('in $language', ({ language, sent }) => {
    it('registers a mobile', async () => {
      const page = await suite.open({ language });
      const mobile = freshMobile();
      expect(await page.page.locator('html').getAttribute('lang')).toBe(language);

      await page.sendTo(mobile);
      await page.page.getByText(sent).waitFor();
      await page.expectFocus('code');
      expect(page.messagesTo(mobile)).toBe(1);
      await page.saveScreenshot(`sent-${language}`);
      expect(await accessibilityViolations(page.page)).toEqual([]);

      // The sixth digit submits the form.
      await page.code.pressSequentially(suite.app.gateway.lastCode);
      await page.registered.and(page.page.locator(':focus')).waitFor();
      await page.saveScreenshot(`registered-${language}`);
      expect(await accessibilityViolations(page.page)).toEqual([]);
      expect(page.observed.errors).toEqual([]);
      expect([...page.observed.hosts]).toEqual(['127.0.0.1']);
    });
  });

  it('sends one SMS for a double click and disables the button while the request is in flight', async () => {
    const respond = holdGatewayResponse(suite.app.gateway);
    const page = await suite.open();
    const mobile = freshMobile();
    await page.fill(mobile);
    await page.send.dblclick();
    await page.page.getByRole('button', { name: '发送中…' }).waitFor();
    expect(await page.send.isDisabled()).toBe(true);
    await eventually(async () => page.messagesTo(mobile) === 1);
    respond();
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
    expect(page.countOf('RequestSmsCode')).toBe(1);
  });

  it('requests an SMS on Enter in the fields of the mobile and the captcha, even with digits in the code field', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await page.fill(mobile);
    await page.code.fill('12');
    await page.captchaAnswer.press('Enter');
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
  });

  it('accepts a code that arrives before the response, and submits it after the response', async () => {
    const respond = holdGatewayResponse(suite.app.gateway);
    const page = await suite.open();
    const mobile = freshMobile();
    await page.sendTo(mobile);
    await eventually(async () => page.messagesTo(mobile) === 1);
    await page.code.fill(suite.app.gateway.lastCode);
    expect(await page.mobile.getAttribute('readonly')).toBe('');
    respond();
    await page.registered.waitFor();
  });

  it('extracts the code from a whole SMS pasted into the code field', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    await page.code.fill(`【云通讯】您的验证码是${suite.app.gateway.lastCode}，请于5分钟内正确输入`);
    await page.registered.waitFor();
  });

  it('supports autofill of the code and shows numeric keyboards', async () => {
    const page = await suite.open();
    expect(await page.code.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await page.code.getAttribute('inputmode')).toBe('numeric');
    expect(await page.mobile.getAttribute('type')).toBe('tel');
  });

  it('locks the mobile while a code is verified for it', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    const releaseVerification = await holdRequests(page.page, 'VerifySmsCode');
    const releaseRegistration = await holdRequests(page.page, 'RegisterUser');
    await page.code.fill(suite.app.gateway.lastCode);
    await eventually(async () => (await page.mobile.getAttribute('readonly')) === '');
    await eventually(async () => page.countOf('VerifySmsCode') === 1);
    releaseVerification();
    await eventually(async () => page.countOf('RegisterUser') === 1);
    releaseRegistration();
    await page.registered.waitFor();
  });

  it('replaces the captcha before it expires, even if the clock is set back', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const { clock } = page.page.context();
    const first = await page.captchaId();
    await page.captchaAnswer.fill('ab');
    await clock.fastForward(171_000);
    await eventually(async () => (await page.captchaId()) !== first);
    expect(await page.captchaAnswer.inputValue()).toBe('');

    const second = await page.captchaId();
    await clock.setSystemTime(Date.now() - 3_600_000);
    await clock.runFor(171_000);
    await eventually(async () => (await page.captchaId()) !== second);
  });

  it('stops requesting captchas after the registration', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const { clock } = page.page.context();
    await page.sendSuccessfullyTo(freshMobile());
    await page.code.fill(suite.app.gateway.lastCode);
    await page.registered.waitFor();
    const captchas = page.countOf('ImageCaptcha');
    await clock.fastForward(171_000);
    await clock.runFor(10_000);
    expect(page.countOf('ImageCaptcha')).toBe(captchas);
  });
});

/** Holds the response to the next SMS. The function that it returns sends the response. */
function holdGatewayResponse(gateway: TestGateway): () => void {
  let respond = () => {};
  gateway.answer = (response, request) => {
    respond = () => success(response, request);
  };
  return () => respond();
}
