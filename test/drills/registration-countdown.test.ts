// The countdown to the next SMS on the registration page.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';

describeWithBrowser('the countdown to the next SMS', () => {
  const suite = withRegistrationPage();

  it('survives a reload, runs in a second tab and ends by the clock', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const { clock } = page.page.context();
    const mobile = freshMobile();
    await page.sendSuccessfullyTo(mobile);
    expect(await page.send.textContent()).toMatch(/^(60|5\d) 秒后可重发$/);
    expect(await page.send.isDisabled()).toBe(true);

    // The fake clock also counts the seconds that the test itself takes.
    await clock.fastForward(20_000);
    await page.page.getByRole('button', { name: /^(40|3\d) 秒后可重发$/ }).waitFor();
    await page.page.reload();
    await page.page.getByRole('button', { name: /^(40|3\d) 秒后可重发$/ }).waitFor();
    expect(await page.mobileDigits()).toBe(mobile);
    const tab = await page.openTab();
    expect(await tab.send.textContent()).toMatch(/^(40|3\d|2\d) 秒后可重发$/);

    // The timers of a sleeping phone do not fire. It wakes up near the end.
    const secondsLeft = Number.parseInt(String(await page.send.textContent()), 10);
    await clock.fastForward((secondsLeft - 9) * 1000);
    await page.page.getByRole('button', { name: /^\d 秒后/ }).waitFor();
    await clock.fastForward(10_000);
    await page.page.getByRole('button', { name: '获取验证码' }).waitFor();
    expect(await page.send.isEnabled()).toBe(true);
  });

  it('is not prolonged by a clock that is set back', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    const { clock } = page.page.context();
    await page.sendSuccessfullyTo(freshMobile());
    await clock.setSystemTime(Date.now() - 3_600_000);
    let seconds = 0;
    await eventually(async () => {
      await clock.runFor(5000);
      seconds += 5;
      return (await page.send.textContent()) === '重新发送';
    });
    expect(seconds).toBeLessThan(300); // Prolonged, it would take an hour.
  });

  it('appears in a tab that is already open', async () => {
    const page = await suite.open();
    const tab = await page.openTab();
    await page.sendSuccessfullyTo(freshMobile());
    await tab.page.getByRole('button', { name: /^\d+ 秒后/ }).waitFor();
  });

  it('belongs to one mobile: a corrected number gets an SMS immediately', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    expect(await page.send.isDisabled()).toBe(true);
    const corrected = freshMobile().replace(/^(...)./, '$17');
    await page.mobile.fill(corrected);
    expect(await page.send.isEnabled()).toBe(true);
    await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
    await page.sendSuccessfullyTo(corrected);
    expect(page.messagesTo(corrected)).toBe(1);
  });

  it('ends with a new captcha, because the old one is spent', async () => {
    const page = await suite.open();
    await page.reloadWithFakeClock();
    await page.sendSuccessfullyTo(freshMobile());
    const spent = await page.captchaId();
    await page.page.context().clock.fastForward(61_000);
    await page.page.getByRole('button', { name: '重新发送' }).waitFor();
    await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
    expect(await page.captchaId()).not.toBe(spent);
  });
});
