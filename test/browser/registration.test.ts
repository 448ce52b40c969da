// The registration page in a real browser, against the real service.

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Route } from 'playwright-core';
import { freshMobile } from '../support/api.ts';
import { findingsOfAxe, startBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type PageOptions, RegistrationPage } from '../support/registration-page.ts';
import { describeWithBrowser } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, startTestApp, type TestApp } from '../support/test-app.ts';
import { type Answer, refusal, silence, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';

const PHONE_320 = { viewport: { width: 320, height: 640 } };

describeWithBrowser('the registration page', () => {
  let app: TestApp;
  let browser: Browser;
  const opened: RegistrationPage[] = [];
  beforeAll(async () => {
    [app, browser] = await Promise.all([
      startTestApp({ settings: { DEMO: 'on', YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } }),
      startBrowser(),
    ]);
  });
  beforeEach(() => {
    app.gateway.answer = success;
  });
  afterEach(async () => {
    const closing = opened.splice(0);
    await Promise.all(closing.map((page) => page.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
  });

  async function open(options: PageOptions = {}): Promise<RegistrationPage> {
    const page = await RegistrationPage.open(app, browser, options);
    opened.push(page);
    return page;
  }

  const isFocused = (page: RegistrationPage, field: 'mobile' | 'captchaAnswer' | 'code') =>
    page[field].and(page.page.locator(':focus')).waitFor({ timeout: 2000 });

  describe.each([
    { language: 'zh-CN', sent: '验证码已发送至', done: '注册成功' },
    { language: 'en', sent: 'Code sent to', done: 'You are registered' },
  ] as const)('in $language', ({ language, sent, done }) => {
    it('leads from an empty form to a registered mobile', async () => {
      const page = await open({ language });
      const mobile = freshMobile();
      expect(await page.page.locator('html').getAttribute('lang')).toBe(language);

      await page.sendTo(mobile);
      await page.page.getByText(sent).waitFor();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
      await page.keepPicture(`sent-${language}`);
      expect(await findingsOfAxe(page.page)).toEqual([]);

      // the sixth digit is the last that has to be typed
      await page.code.pressSequentially(app.gateway.lastCode);
      await page.page.getByRole('heading', { name: done }).and(page.page.locator(':focus')).waitFor();
      await page.keepPicture(`registered-${language}`);
      expect(await findingsOfAxe(page.page)).toEqual([]);
      expect(page.watched.errors).toEqual([]);
      expect([...page.watched.hosts]).toEqual(['127.0.0.1']);
    });
  });

  it('speaks the other language at a click, and still after a reload', async () => {
    const page = await open();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    await page.page.reload();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    expect(await page.page.title()).toBe('Register your mobile');
  });

  it('asks the service in its own language, and keeps no sentence of another one', async () => {
    const page = await open();
    await page.sendTo('12345');
    await page.said('mobile').getByText('手机号').waitFor();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.said('mobile').filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    await page.page.getByLabel('Characters in the picture').fill(await page.readPicture());
    await page.page.getByRole('button', { name: 'Send code' }).click();
    await page
      .said('mobile')
      .filter({ hasText: /mobile/ })
      .waitFor();
  });

  it('shows what is answered after the language was switched', async () => {
    const page = await open();
    const mobile = freshMobile();
    await registerMobile(app, mobile);
    await page.fill(mobile);
    let goOn = () => {};
    await page.page.route('**/graphql', async (route) => {
      if (!isRequest(route)) return route.continue();
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await route.continue();
    });
    await page.send.click();
    await page.page.getByRole('button', { name: 'English' }).click();
    await page.page.getByRole('heading', { name: 'Register your mobile' }).waitFor();
    goOn();
    await page.said('mobile').filter({ hasText: /\S/ }).waitFor();
  });

  it.each([
    [['en-GB', 'zh-CN'], 'en'],
    [['fr', 'zh-TW', 'en'], 'zh-CN'],
    [['fr'], 'en'],
  ])('speaks what comes first for somebody who reads %j', async (languages, spoken) => {
    const page = await open({ languages });
    expect(await page.page.locator('html').getAttribute('lang')).toBe(spoken);
  });

  it('takes a whole text message pasted into the field of the code', async () => {
    const page = await open();
    const mobile = freshMobile();
    await page.sendTo(mobile);
    await isFocused(page, 'code');
    await page.code.fill(`【云通讯】您的验证码是${app.gateway.lastCode}，请于5分钟内正确输入`);
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
  });

  it('lets a phone fill in the code, with a keyboard of digits', async () => {
    const page = await open();
    expect(await page.code.getAttribute('autocomplete')).toBe('one-time-code');
    expect(await page.code.getAttribute('inputmode')).toBe('numeric');
    expect(await page.mobile.getAttribute('type')).toBe('tel');
  });

  describe('says at its field that', () => {
    it('something is missing, and keeps the button usable', async () => {
      const page = await open(PHONE_320);
      await page.send.click();
      expect(await page.said('mobile').textContent()).toBe('请填写手机号');
      expect(await page.said('captchaAnswer').textContent()).toBe('请填写图片验证码');
      expect(await page.mobile.getAttribute('aria-invalid')).toBe('true');
      await isFocused(page, 'mobile');
      expect(await page.send.isEnabled()).toBe(true);
      await page.keepPicture('missing-320');

      await page.mobile.fill('1');
      expect(await page.said('mobile').textContent()).toBe('');
      await page.register.click();
      expect(await page.said('code').textContent()).toBe('请填写 6 位短信验证码');
    });

    it('the number is none, with a new picture and the mobile kept', async () => {
      const page = await open();
      const first = await page.captchaId();
      await page.sendTo('12345');
      await page.said('mobile').filter({ hasText: /\S/ }).waitFor();
      await isFocused(page, 'mobile');
      await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
      expect(await page.mobile.inputValue()).toBe('12345');
      expect(await page.captchaId()).not.toBe(first);
    });

    it('the answer is wrong, with a new picture and the mobile kept', async () => {
      const page = await open(PHONE_320);
      const first = await page.captchaId();
      await page.mobile.fill('13800138000');
      await page.captchaAnswer.fill('zzzz');
      await page.send.click();
      await page.said('captchaAnswer').getByText('图片验证码错误').waitFor();
      await isFocused(page, 'captchaAnswer');
      expect(await page.description(page.captchaAnswer)).toBe('图片验证码错误');
      expect(await page.said('captchaAnswer').getAttribute('role')).toBe('alert');
      expect(await page.captchaAnswer.inputValue()).toBe('');
      expect(await page.mobile.inputValue()).toBe('13800138000');
      expect(await page.captchaId()).not.toBe(first);
      await page.keepPicture('mismatch-320');
    });

    it('the picture is too old', async () => {
      const page = await open();
      await page.fill(freshMobile());
      await app.redis.del(`captcha:${await page.captchaId()}`);
      await page.send.click();
      await page.said('captchaAnswer').getByText('验证码失效').waitFor();
    });

    it('the mobile is registered', async () => {
      const page = await open();
      const mobile = freshMobile();
      await registerMobile(app, mobile);
      await page.sendTo(mobile);
      await page.said('mobile').getByText('手机号已注册').waitFor();
      await isFocused(page, 'mobile');
    });

    it('the code is wrong, and how often it can be tried', async () => {
      const page = await open();
      await page.sendTo(freshMobile());
      await isFocused(page, 'code');
      const wrong = app.gateway.lastCode === '000000' ? '000001' : '000000';
      await page.code.fill(wrong);
      await page.said('code').getByText('还可以尝试 4 次').waitFor();
      await isFocused(page, 'code');
      await page.keepPicture('wrong-code');
      await page.code.fill(app.gateway.lastCode);
      await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    });

    it('there is no live code, and lets the next one be typed over it', async () => {
      const page = await open();
      await page.mobile.fill(freshMobile());
      await page.code.fill('123456');
      await page.said('code').getByText('请重新获取验证码').waitFor();
      await isFocused(page, 'captchaAnswer');
      await page.captchaAnswer.fill(await page.readPicture());
      await page.send.click();
      await isFocused(page, 'code');
      await page.page.keyboard.type(app.gateway.lastCode);
      await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    });

    it('too much was asked for, and counts down to the next try', async () => {
      const page = await open();
      const mobile = freshMobile();
      await app.api.requestWithCaptcha(mobile);
      await page.sendTo(mobile);
      await page.said('mobile').getByText('请求过于频繁').waitFor();
      const wait = page.page.getByText(/^\d+ 秒后可重试$/);
      const first = await wait.textContent();
      await page.keepPicture('too-many');
      // typing elsewhere does not begin it anew
      const secondsOf = (text: string | null) => Number.parseInt(String(text), 10);
      await eventually(async () => {
        await page.captchaAnswer.press('x');
        return secondsOf(await wait.textContent()) < secondsOf(first) - 1;
      });
    });

    it.each([
      ['was not sent, so that another try makes sense', refusal('111109'), '短信没有发出', 'captchaAnswer'],
      ['may still arrive, so that waiting makes sense', silence, '短信可能稍后到达', 'code'],
    ] as const)('the text %s', async (_what, answer: Answer, hint, next) => {
      app.gateway.answer = answer;
      const page = await open();
      await page.sendTo(freshMobile());
      await page.said('code').getByText(hint).waitFor();
      await isFocused(page, next);
      expect(await page.send.isDisabled()).toBe(next === 'code');
      await page.keepPicture(`not-delivered-${next}`);
    });
  });

  it('lets a page that is older than the service say what it does not know', async () => {
    const page = await open();
    await page.fill(freshMobile());
    await page.page.route('**/graphql', (route) =>
      isRequest(route)
        ? route.fulfill({
            json: { data: { requestSmsCode: { __typename: 'MobileBarredError', message: '此号码已停用' } } },
          })
        : route.continue(),
    );
    await page.send.click();
    await page.said('form').getByText('此号码已停用').waitFor();
  });

  describe('a text', () => {
    it('is asked for once by a double click, and the button is disabled meanwhile', async () => {
      let answerNow = () => {};
      app.gateway.answer = (response, request) => {
        answerNow = () => success(response, request);
      };
      const page = await open();
      const mobile = freshMobile();
      await page.fill(mobile);
      await page.send.dblclick();
      await page.page.getByRole('button', { name: '发送中…' }).waitFor();
      expect(await page.send.isDisabled()).toBe(true);
      answerNow();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
      expect(page.countOf('RequestSmsCode')).toBe(1);
    });

    it('may arrive before the answer does: its code is submitted as soon as that is there', async () => {
      let answerNow = () => {};
      app.gateway.answer = (response, request) => {
        answerNow = () => success(response, request);
      };
      const page = await open();
      const mobile = freshMobile();
      await page.sendTo(mobile);
      await eventually(async () => page.textsTo(mobile) === 1);
      await page.code.fill(app.gateway.lastCode);
      expect(await page.mobile.getAttribute('readonly')).toBe('');
      answerNow();
      await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    });

    it('is asked for by Enter in the field of the mobile or of the answer, whatever stands in the one of the code', async () => {
      const page = await open();
      const mobile = freshMobile();
      await page.fill(mobile);
      await page.code.fill('12');
      await page.captchaAnswer.press('Enter');
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
    });

    it('is sent once when the answer gets lost and the same is asked again', async () => {
      const page = await open();
      const mobile = freshMobile();
      await page.fill(mobile);
      await page.loseAnswersTo('RequestSmsCode');
      await page.send.click();
      await page.said('form').getByText('没有收到服务的回应').waitFor();
      expect(await page.mobile.inputValue()).toBe(mobile);
      expect(await page.captchaAnswer.inputValue()).not.toBe('');
      await page.keepPicture('no-answer');

      await page.mend();
      await page.retry.click();
      await page.page.getByText('验证码已发送至').waitFor();
      expect(page.textsTo(mobile)).toBe(1);
    });

    it('is asked for again just so, whatever picture is shown by then', async () => {
      const page = await open();
      await page.page.context().clock.install();
      await page.go();
      const mobile = freshMobile();
      await page.fill(mobile);
      const asked = await page.captchaId();
      await page.loseAnswersTo('RequestSmsCode');
      await page.send.click();
      await page.said('form').getByText('没有收到服务的回应').waitFor();
      await page.page.context().clock.fastForward(171_000);
      await eventually(async () => (await page.captchaId()) !== asked);
      await page.mend();
      await page.retry.click();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
    });

    it('is not waited for in vain: after fifteen seconds without an answer it can be asked for again', async () => {
      const page = await open();
      await page.page.context().clock.install();
      await page.go();
      const mobile = freshMobile();
      await page.fill(mobile);
      let isAsked = false;
      await page.page.route('**/graphql', () => {
        isAsked = true; // and nobody answers
      });
      await page.send.click();
      await eventually(async () => isAsked);
      await page.page.context().clock.fastForward(15_000);
      await page.said('form').getByText('没有收到服务的回应').waitFor();
      await page.mend();
      await page.retry.click();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
    });

    it('can be asked for without a network, as soon as there is one', async () => {
      const page = await open();
      const mobile = freshMobile();
      await page.fill(mobile);
      await page.page.context().setOffline(true);
      await page.send.click();
      await page.said('form').getByText('没有收到服务的回应').waitFor();
      await page.page.context().setOffline(false);
      await page.retry.click();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);
    });
  });

  it('registers in the end when the answer to that gets lost', async () => {
    const page = await open();
    await page.sendTo(freshMobile());
    await isFocused(page, 'code');
    await page.loseAnswersTo('RegisterUser');
    await page.code.fill(app.gateway.lastCode);
    await page.said('form').getByText('没有收到服务的回应').waitFor();
    await page.mend();
    await page.retry.click();
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
  });

  it('asks for no more pictures once the mobile is registered', async () => {
    const page = await open();
    const { clock } = page.page.context();
    await clock.install();
    await page.go();
    await page.sendTo(freshMobile());
    await isFocused(page, 'code');
    await page.code.fill(app.gateway.lastCode);
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    const pictures = page.countOf('ImageCaptcha');
    await clock.fastForward(171_000);
    await clock.runFor(10_000);
    expect(page.countOf('ImageCaptcha')).toBe(pictures);
  });

  it('holds on to the mobile while a code is proved for it', async () => {
    const page = await open();
    await page.sendTo(freshMobile());
    await isFocused(page, 'code');
    let goOn = () => {};
    await page.page.route('**/graphql', async (route) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await route.continue();
    });
    await page.code.fill(app.gateway.lastCode);
    await eventually(async () => (await page.mobile.getAttribute('readonly')) === '');
    await eventually(async () => page.countOf('VerifySmsCode') === 1);
    goOn();
    await eventually(async () => page.countOf('RegisterUser') === 1);
    goOn();
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
  });

  it('spends no attempt on a code into which a digit slipped', async () => {
    const page = await open();
    await page.sendTo(freshMobile());
    await isFocused(page, 'code');
    const wrong = app.gateway.lastCode === '123456' ? '654321' : '123456';
    await page.code.fill(wrong);
    await page.said('code').getByText('还可以尝试 4 次').waitFor();
    await page.code.press('Home');
    await page.page.keyboard.type('9');
    await page.captchaAnswer.press('x');
    expect(page.countOf('VerifySmsCode')).toBe(1);
  });

  it('spends no attempt on a code that is not all there', async () => {
    const page = await open();
    await page.mobile.fill(freshMobile());
    await page.code.fill('12');
    await page.code.press('Enter');
    await page.said('code').getByText('请填写 6 位短信验证码').waitFor();
    expect(page.countOf('VerifySmsCode')).toBe(0);
  });

  it('has a new picture before the one that is shown ends', async () => {
    const page = await open();
    await page.page.context().clock.install();
    await page.go();
    const first = await page.captchaId();
    await page.captchaAnswer.fill('ab');
    await page.page.context().clock.fastForward(171_000);
    await eventually(async () => (await page.captchaId()) !== first);
    expect(await page.captchaAnswer.inputValue()).toBe('');

    const second = await page.captchaId();
    await page.page.context().clock.setSystemTime(Date.now() - 3_600_000);
    await page.page.context().clock.runFor(171_000);
    await eventually(async () => (await page.captchaId()) !== second);
  });

  it('goes on by itself, and says how long it takes, when an allowance of the address is used up', async () => {
    const narrow = await startTestApp({
      settings: { DEMO: 'on', SMS_PER_ADDRESS_PER_HOUR: '1', CAPTCHA_PER_ADDRESS_PER_MINUTE: '3' },
    });
    const page = await RegistrationPage.open(narrow, browser);
    try {
      const mobiles = [freshMobile(), freshMobile().replace(/^138/, '139')];
      await page.sendTo(String(mobiles[0]));
      await isFocused(page, 'code');
      await page.mobile.fill(String(mobiles[1]));
      await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
      await page.sendTo(String(mobiles[1]));
      await page.said('form').getByText('请求过于频繁').waitFor();
      await page.page.locator('.whole:focus').waitFor();
      await page.page
        .locator('.whole')
        .getByText(/^59 分 \d+ 秒后可重试$/)
        .waitFor();

      await page.another.click();
      const wait = page.page.locator('.field').getByText(/^\d+ 秒后可重试$/);
      const first = Number.parseInt(String(await wait.textContent()), 10);
      // typing does not begin the countdown anew
      await eventually(async () => {
        await page.captchaAnswer.press('x');
        return Number.parseInt(String(await wait.textContent()), 10) < first;
      });
    } finally {
      await page.close();
      await narrow.stop();
    }
  });

  it('registers in the end when the service was away after the code was proved', async () => {
    const page = await open();
    await page.sendTo(freshMobile());
    await isFocused(page, 'code');
    await page.page.route('**/graphql', (route) =>
      route.request().postDataJSON().operationName === 'RegisterUser' ? route.abort() : route.continue(),
    );
    await page.code.fill(app.gateway.lastCode);
    await page.said('form').getByText('没有收到服务的回应').waitFor();
    await page.mend();
    await page.retry.click();
    await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
  });

  it('loses nothing that was typed while PostgreSQL is away, and goes on when it is back', async () => {
    const postgres = await TcpProxy.start(String(await createTestDatabase()));
    const weak = await startTestApp({ settings: { DEMO: 'on' }, databaseUrl: postgres.url });
    const page = await RegistrationPage.open(weak, browser);
    try {
      const mobile = freshMobile();
      await page.fill(mobile);
      await postgres.refuseConnections();
      await page.send.click();
      await page.said('form').getByText('数据库异常').waitFor();
      await page.keepPicture('unavailable');
      expect(await page.mobile.inputValue()).toBe(mobile);
      expect(page.textsTo(mobile)).toBe(0);

      await postgres.restore();
      await page.captchaAnswer.fill(await page.readPicture());
      await page.send.click();
      await isFocused(page, 'code');
      expect(page.textsTo(mobile)).toBe(1);

      await postgres.refuseConnections();
      await page.code.fill(weak.gateway.lastCode);
      await page.said('form').getByText('数据库异常').waitFor();
      expect(await page.code.inputValue()).toBe(weak.gateway.lastCode);
      await postgres.restore();
      await page.retry.click();
      await page.page.getByRole('heading', { name: '注册成功' }).waitFor();
    } finally {
      await page.close();
      await weak.stop();
      await postgres.stop();
    }
  });

  describe('the countdown', () => {
    it('goes on over a reload and in a second tab, and ends by the clock', async () => {
      const page = await open();
      const { clock } = page.page.context();
      await clock.install();
      await page.go();
      const mobile = freshMobile();
      await page.sendTo(mobile);
      await isFocused(page, 'code');
      expect(await page.send.textContent()).toMatch(/^(60|5\d) 秒$/);
      expect(await page.send.isDisabled()).toBe(true);

      // the test itself takes a few seconds, which count, too
      await clock.fastForward(20_000);
      await page.page.getByRole('button', { name: /^(40|3\d) 秒$/ }).waitFor();
      await page.page.reload();
      await page.page.getByRole('button', { name: /^(40|3\d) 秒$/ }).waitFor();
      expect(await page.mobile.inputValue()).toBe(mobile);
      const tab = await page.openTab();
      expect(await tab.send.textContent()).toMatch(/^(40|3\d|2\d) 秒$/);

      // a phone that sleeps ticks no more; it wakes near the end
      const left = Number.parseInt(String(await page.send.textContent()), 10);
      await clock.fastForward((left - 9) * 1000);
      await page.page.getByRole('button', { name: /^\d 秒$/ }).waitFor();
      await clock.fastForward(10_000);
      await page.page.getByRole('button', { name: '获取验证码' }).waitFor();
      expect(await page.send.isEnabled()).toBe(true);
    });

    it('is not made longer by a clock that is set back', async () => {
      const page = await open();
      const { clock } = page.page.context();
      await clock.install();
      await page.go();
      await page.sendTo(freshMobile());
      await isFocused(page, 'code');
      await clock.setSystemTime(Date.now() - 3_600_000);
      let seconds = 0;
      await eventually(async () => {
        await clock.runFor(5000);
        seconds += 5;
        return (await page.send.textContent()) === '获取验证码';
      });
      expect(seconds).toBeLessThan(300); // not an hour
    });

    it('appears in a tab that is open already', async () => {
      const page = await open();
      const tab = await page.openTab();
      await page.sendTo(freshMobile());
      await isFocused(page, 'code');
      await tab.page.getByRole('button', { name: /^\d+ 秒$/ }).waitFor();
    });

    it('is of one mobile: whoever mistyped the number can have a text at once', async () => {
      const page = await open();
      await page.sendTo(freshMobile());
      await isFocused(page, 'code');
      expect(await page.send.isDisabled()).toBe(true);
      const right = freshMobile().replace(/^(...)./, '$17');
      await page.mobile.fill(right);
      expect(await page.send.isEnabled()).toBe(true);
      await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
      await page.sendTo(right);
      await isFocused(page, 'code');
      expect(page.textsTo(right)).toBe(1);
    });

    it('ends with a new picture, since the one before is spent', async () => {
      const page = await open();
      await page.page.context().clock.install();
      await page.go();
      const mobile = freshMobile();
      await page.sendTo(mobile);
      await isFocused(page, 'code');
      const spent = await page.captchaId();
      await page.page.context().clock.fastForward(61_000);
      await page.page.getByRole('button', { name: '获取验证码' }).waitFor();
      await eventually(async () => (await page.captchaAnswer.inputValue()) === '');
      expect(await page.captchaId()).not.toBe(spent);
    });
  });

  describe('looks', () => {
    it.each([
      ['light-320', { ...PHONE_320, language: 'zh-CN', colorScheme: 'light' }],
      ['dark-320', { ...PHONE_320, language: 'en', colorScheme: 'dark' }],
      ['light-1280', { viewport: { width: 1280, height: 800 }, language: 'en', colorScheme: 'light' }],
    ] as const)('right and accessible: %s', async (name, options) => {
      const page = await open(options);
      await page.keepPicture(name);
      expect(await findingsOfAxe(page.page)).toEqual([]);
      await page.send.click();
      expect(await findingsOfAxe(page.page)).toEqual([]);
      const isScrolling = 'document.documentElement.scrollWidth > document.documentElement.clientWidth';
      expect(await page.page.evaluate(isScrolling)).toBe(false);
    });

    it('the same while the picture loads', async () => {
      const page = await open();
      const shift = await page.page.evaluate(`new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const { value } of list.getEntries()) sum += value;
        }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      })`);
      expect(shift).toBeLessThan(0.001);
    });

    it('good for at most 130 KB of script, and no font', async () => {
      const page = await open();
      const resources = (await page.page.evaluate(
        'performance.getEntriesByType("resource").map(({ name, encodedBodySize }) => ({ name, encodedBodySize }))',
      )) as { name: string; encodedBodySize: number }[];
      const scripts = resources.filter(({ name }) => name.endsWith('.js'));
      expect(scripts.length).toBeGreaterThan(0);
      expect(scripts.reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0)).toBeLessThan(130_000);
      expect(resources.filter(({ name }) => /woff|ttf/.test(name))).toEqual([]);
    });
  });
});

function isRequest(route: Route): boolean {
  return route.request().postDataJSON().operationName === 'RequestSmsCode';
}
