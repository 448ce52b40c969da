// The registration page when a response is lost or a server is down: nothing is lost, and nothing is sent twice.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { intercept, RegistrationPage, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, usingTestApp } from '../support/test-app.ts';

const NO_RESPONSE = '没有收到服务的回应';

describeWithBrowser('the registration page', () => {
  const suite = withRegistrationPage();

  it('sends one SMS when the response is lost and the request is repeated', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await page.fill(mobile);
    await page.loseResponses('RequestSmsCode');
    await page.send.click();
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    expect(await page.mobileDigits()).toBe(mobile);
    expect(await page.captchaAnswer.inputValue()).not.toBe('');
    await page.saveScreenshot('no-answer');

    await page.restoreResponses();
    await page.retry.click();
    await page.page.getByText('验证码已发送至').waitFor();
    expect(page.messagesTo(mobile)).toBe(1);
  });

  it('repeats a request with the original captcha after the page has loaded another one', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const mobile = freshMobile();
    await page.fill(mobile);
    const original = await page.captchaId();
    await page.loseResponses('RequestSmsCode');
    await page.send.click();
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    await page.page.context().clock.fastForward(171_000);
    await eventually(async () => (await page.captchaId()) !== original);
    await page.restoreResponses();
    await page.retry.click();
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
  });

  it('gives up after 15 seconds without a response and offers a retry', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const mobile = freshMobile();
    await page.fill(mobile);
    await intercept(page.page, 'RequestSmsCode', () => {}); // The request never gets a response.
    await page.send.click();
    await eventually(async () => page.countOf('RequestSmsCode') === 1);
    await page.page.context().clock.fastForward(15_000);
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    await page.restoreResponses();
    await page.retry.click();
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
  });

  it('offers a retry when the network is down', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await page.fill(mobile);
    await page.page.context().setOffline(true);
    await page.send.click();
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    await page.page.context().setOffline(false);
    await page.retry.click();
    await page.expectFocus('code');
    expect(page.messagesTo(mobile)).toBe(1);
  });

  it('completes the registration when its response was lost', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    await page.loseResponses('RegisterUser');
    await page.code.fill(suite.app.gateway.lastCode);
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    await page.restoreResponses();
    await page.retry.click();
    await page.registered.waitFor();
  });

  it('completes the registration when the service was down after the code was verified', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    await intercept(page.page, 'RegisterUser', (route) => route.abort());
    await page.code.fill(suite.app.gateway.lastCode);
    await page.message('form').getByText(NO_RESPONSE).waitFor();
    await page.restoreResponses();
    await page.retry.click();
    await page.registered.waitFor();
  });

  it('keeps the input while PostgreSQL is down and continues when it is back', async () => {
    const postgres = await TcpProxy.start(String(await createTestDatabase()));
    try {
      await usingTestApp({ settings: { DEMO: 'on' }, databaseUrl: postgres.url }, async (app) => {
        const page = await RegistrationPage.open(app, suite.browser);
        const mobile = freshMobile();
        await page.fill(mobile);
        await postgres.refuseConnections();
        await page.send.click();
        await page.message('form').getByText('服务暂时不可用').waitFor();
        await page.saveScreenshot('unavailable');
        expect(await page.mobileDigits()).toBe(mobile);
        expect(page.messagesTo(mobile)).toBe(0);

        await postgres.restore();
        await page.captchaAnswer.fill(await page.readCaptcha());
        await page.send.click();
        await page.expectFocus('code');
        expect(page.messagesTo(mobile)).toBe(1);

        await postgres.refuseConnections();
        await page.code.fill(app.gateway.lastCode);
        await page.message('form').getByText('服务暂时不可用').waitFor();
        expect(await page.code.inputValue()).toBe(app.gateway.lastCode);
        await postgres.restore();
        await page.retry.click();
        await page.registered.waitFor();
        await page.close();
      });
    } finally {
      await postgres.stop();
    }
  });
});
