// The errors of the registration page: each appears at its field and says what comes next.

import { expect, it } from '@jest/globals';
import { freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { intercept, SMALL_PHONE, withRegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { type Answer, rejection, silence } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';

describeWithBrowser('the registration page shows', () => {
  const suite = withRegistrationPage({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });

  it('missing input at its field, and keeps the button enabled', async () => {
    const page = await suite.open(SMALL_PHONE);
    await page.send.click();
    expect(await page.message('mobile').textContent()).toBe('请填写手机号');
    expect(await page.message('captchaAnswer').textContent()).toBe('请填写图片验证码');
    expect(await page.mobile.getAttribute('aria-invalid')).toBe('true');
    await page.expectFocus('mobile');
    expect(await page.send.isEnabled()).toBe(true);
    await page.saveScreenshot('missing-320');

    await page.mobile.fill('1');
    expect(await page.message('mobile').textContent()).toBe('');
    await page.register.click();
    expect(await page.message('mobile').textContent()).toBe('手机号应为 11 位数字，请检查');
    expect(await page.message('code').textContent()).toBe('请先获取验证码');
    await page.code.fill('123');
    await page.register.click();
    expect(await page.message('code').textContent()).toBe('请填写 6 位短信验证码');
  });

  it.each([
    ['12345', '手机号应为 11 位数字，请检查'],
    ['138001380001', '手机号应为 11 位数字，请检查'],
    ['+1 415 555 2671', '只支持中国大陆的手机号'],
    ['00852 5123 4567', '只支持中国大陆的手机号'],
  ])('that %s is no mainland China mobile, without a request', async (mobile, message) => {
    const page = await suite.open();
    await page.sendTo(mobile);
    await page.message('mobile').getByText(message).waitFor();
    await page.expectFocus('mobile');
    expect(await page.mobileDigits()).toBe(mobile.replaceAll(' ', ''));
    expect(await page.captchaAnswer.inputValue()).not.toBe('');
    expect(page.countOf('RequestSmsCode')).toBe(0);
  });

  it('a mobile in a segment without subscribers, and keeps the captcha, which was not spent', async () => {
    const page = await suite.open();
    const first = await page.captchaId();
    await page.sendTo('15400138000');
    await page.message('mobile').filter({ hasText: /\S/ }).waitFor();
    await page.expectFocus('mobile');
    expect(await page.captchaAnswer.inputValue()).not.toBe('');
    expect(await page.captchaId()).toBe(first);
    await page.mobile.fill(freshMobile());
    await page.send.click();
    await page.expectFocus('code');
    expect(page.countOf('ImageCaptcha')).toBe(1);
  });

  it('a wrong captcha answer, keeps the mobile and loads a new captcha', async () => {
    const page = await suite.open(SMALL_PHONE);
    const first = await page.captchaId();
    await page.fill('13800138000');
    await page.captchaAnswer.fill('zzzz');
    await page.send.click();
    await page.message('captchaAnswer').getByText('图片验证码错误').waitFor();
    await page.expectFocus('captchaAnswer');
    expect(await page.description(page.captchaAnswer)).toBe('图片验证码错误');
    expect(await page.message('captchaAnswer').getAttribute('role')).toBe('alert');
    expect(await page.captchaAnswer.inputValue()).toBe('');
    expect(await page.mobileDigits()).toBe('13800138000');
    expect(await page.captchaId()).not.toBe(first);
    await page.saveScreenshot('mismatch-320');
  });

  it('an expired captcha', async () => {
    const page = await suite.open();
    await page.fill(freshMobile());
    await page.expireCaptcha();
    await page.send.click();
    await page.message('captchaAnswer').getByText('图片验证码已失效').waitFor();
  });

  it('a mobile that is already registered', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await registerMobile(suite.app, mobile);
    await page.sendTo(mobile);
    await page.message('mobile').getByText('手机号已注册').waitFor();
    await page.expectFocus('mobile');
  });

  it('a wrong code with the remaining attempts', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    const wrong = suite.app.gateway.lastCode === '000000' ? '000001' : '000000';
    await page.code.fill(wrong);
    await page.message('code').getByText('还可以尝试 4 次').waitFor();
    await page.expectFocus('code');
    await page.saveScreenshot('wrong-code');
    await page.code.fill(suite.app.gateway.lastCode);
    await page.registered.waitFor();
  });

  it('the same error for the same wrong code, without another attempt', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    const wrong = suite.app.gateway.lastCode === '123456' ? '654321' : '123456';
    await page.code.fill(wrong);
    await page.message('code').getByText('还可以尝试 4 次').waitFor();
    await page.register.click();
    await page.expectFocus('code');
    expect(await page.message('code').textContent()).toContain('还可以尝试 4 次');
    expect(page.countOf('VerifySmsCode')).toBe(1);
    await page.code.fill(suite.app.gateway.lastCode);
    await page.registered.waitFor();
  });

  it('an expired code, leads to the next SMS and lets its code replace the old one', async () => {
    const page = await suite.open();
    await page.mobile.fill(freshMobile());
    await page.consent.check();
    await page.code.fill('123456');
    await page.message('code').getByText('请重新获取验证码').waitFor();
    await page.expectFocus('captchaAnswer');
    await page.captchaAnswer.fill(await page.readCaptcha());
    await page.send.click();
    await page.expectFocus('code');
    await page.page.keyboard.type(suite.app.gateway.lastCode);
    await page.registered.waitFor();
  });

  it('an incomplete code without spending an attempt', async () => {
    const page = await suite.open();
    await page.mobile.fill(freshMobile());
    await page.consent.check();
    await page.code.fill('12');
    await page.code.press('Enter');
    await page.message('code').getByText('请填写 6 位短信验证码').waitFor();
    expect(page.countOf('VerifySmsCode')).toBe(0);
  });

  it('no further error, and spends no attempt, when a seventh digit changes a complete code', async () => {
    const page = await suite.open();
    await page.sendSuccessfullyTo(freshMobile());
    const wrong = suite.app.gateway.lastCode === '123456' ? '654321' : '123456';
    await page.code.fill(wrong);
    await page.message('code').getByText('还可以尝试 4 次').waitFor();
    await page.code.press('Home');
    await page.page.keyboard.type('9');
    await page.captchaAnswer.press('x');
    expect(page.countOf('VerifySmsCode')).toBe(1);
  });

  it('an exceeded rate limit of the mobile with a countdown, which typing does not restart', async () => {
    const page = await suite.open();
    const mobile = freshMobile();
    await suite.app.api.requestWithCaptcha(mobile);
    await page.sendTo(mobile);
    await page.message('mobile').getByText('请求过于频繁').waitFor();
    const countdown = page.page.getByText(/^\d+ 秒后可重试$/);
    const first = Number.parseInt(String(await countdown.textContent()), 10);
    await page.saveScreenshot('too-many');
    await eventually(async () => {
      await page.captchaAnswer.press('x');
      return Number.parseInt(String(await countdown.textContent()), 10) < first - 1;
    });
  });

  it.each([
    ['was not sent, and leads to the next captcha', rejection('111109'), '短信没有发出', 'captchaAnswer'],
    ['may still arrive, and waits for its code', silence, '短信可能稍后到达', 'code'],
  ] as const)('that the SMS %s', async (_case, answer: Answer, hint, nextField) => {
    suite.app.gateway.answer = answer;
    const page = await suite.open();
    await page.sendTo(freshMobile());
    await page.message('code').getByText(hint).waitFor();
    await page.expectFocus(nextField);
    expect(await page.send.isDisabled()).toBe(nextField === 'code');
    await page.saveScreenshot(`send-failed-${nextField}`);
  });

  it('the message of an error type that it does not know', async () => {
    const page = await suite.open();
    await page.fill(freshMobile());
    const requestSmsCode = { __typename: 'MobileBarredError', message: '此号码已停用' };
    await intercept(page.page, 'RequestSmsCode', (route) =>
      route.fulfill({ json: { data: { requestSmsCode } } }),
    );
    await page.send.click();
    await page.message('form').getByText('此号码已停用').waitFor();
  });
});

describeWithBrowser('the registration page with low rate limits of the IP address', () => {
  const suite = withRegistrationPage({
    settings: { SMS_PER_ADDRESS_PER_HOUR: '1', CAPTCHA_PER_ADDRESS_PER_MINUTE: '3' },
  });

  it('shows the remaining time of each exceeded limit', async () => {
    const page = await suite.open();
    const [first, second] = [freshMobile(), freshMobile().replace(/^138/, '139')];
    await page.sendSuccessfullyTo(first);
    await page.mobile.fill(second);
    await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
    await page.sendTo(second);
    await page.message('form').getByText('请求过于频繁').waitFor();
    const formMessages = page.page.locator('.form-messages');
    await formMessages.and(page.page.locator(':focus')).waitFor();
    await formMessages.getByText(/^59 分 \d+ 秒后可重试$/).waitFor();

    // The limit of the address spent no captcha, so this is the third one, and the last that the limit admits.
    const shown = await page.captchaId();
    await page.newCaptcha.click();
    await eventually(async () => (await page.captchaId()) !== shown);
    await page.newCaptcha.click();
    const countdown = page.page.locator('.field').getByText(/^\d+ 秒后可重试$/);
    const secondsAtFirst = Number.parseInt(String(await countdown.textContent()), 10);
    // Typing does not restart the countdown.
    await eventually(async () => {
      await page.captchaAnswer.press('x');
      return Number.parseInt(String(await countdown.textContent()), 10) < secondsAtFirst;
    });
  });
});
