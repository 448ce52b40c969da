// ENUMERATION=conceal: nobody learns from requestSmsCode, or from what follows it, whether a mobile is registered.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Outcome } from '../support/api.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { type Answer, refusal, silence, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';

type Purpose = 'REGISTER' | 'LOGIN';

describe('with concealment', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { ENUMERATION: 'conceal', YUNTONGXUN_TIMEOUT_SECONDS: '2' } });
  });
  afterAll(() => app?.stop());
  beforeEach(() => {
    app.gateway.answer = success;
    app.gateway.requests.length = 0;
  });

  /** A mobile that a text may go to for the purpose, or one that none may go to. */
  async function mobileFor(purpose: Purpose, state: 'right' | 'wrong'): Promise<string> {
    const mobile = freshMobile();
    if ((purpose === 'LOGIN') === (state === 'right')) await registerMobile(app, mobile);
    return mobile;
  }

  /** Without what differs from mobile to mobile, and from one second to the next. */
  const anonymous = (mobile: string, { retryAfterSeconds, expiresInSeconds, ...outcome }: Outcome) =>
    JSON.parse(JSON.stringify(outcome).replaceAll(`${mobile.slice(0, 3)}****${mobile.slice(7)}`, 'masked'));

  describe.each<[Purpose]>([['REGISTER'], ['LOGIN']])('for %s', (purpose) => {
    it.each<[string, Answer]>([
      ['takes every text', success],
      ['refuses every text', refusal('160042')],
      ['hangs', silence],
    ])('all that a caller can ask is answered alike when the gateway %s', async (_name, answer) => {
      app.gateway.answer = answer;
      const walk = async (state: 'right' | 'wrong') => {
        const mobile = await mobileFor(purpose, state);
        const outcomes = [
          await app.api.requestWithCaptcha(mobile, purpose),
          await app.api.requestWithCaptcha(mobile, purpose),
          await app.api.verifySmsCode(mobile, 'wrong', purpose),
          await app.api.verifySmsCode(mobile, 'wrong', purpose),
        ];
        return outcomes.map((outcome) => anonymous(mobile, outcome));
      };
      const [right, wrong] = await Promise.all([walk('right'), walk('wrong')]);
      expect(right.map(({ __typename }) => __typename)).toEqual([
        'SmsCodeSent',
        'TooManyRequestsError',
        'SmsCodeMismatchError',
        'SmsCodeMismatchError',
      ]);
      expect(wrong).toEqual(right);
    });

    it('only a mobile in the right state gets a text, whose code verifies', async () => {
      const [right, wrong] = [await mobileFor(purpose, 'right'), await mobileFor(purpose, 'wrong')];
      await Promise.all([right, wrong].map((mobile) => app.api.requestWithCaptcha(mobile, purpose)));
      expect(app.gateway.requests.map(({ to }) => to)).toEqual([right]);
      expectType(await app.api.verifySmsCode(right, app.gateway.lastCode, purpose), 'MobileVerified');
    });

    it('both take the same time, with a gateway that takes its own', async () => {
      app.gateway.answer = (response, request) => {
        setTimeout(() => success(response, request), 20 + Math.random() * 200);
      };
      const states = Array.from({ length: 40 }, (_, index) => (index % 2 ? 'right' : 'wrong'));
      const mobiles = await Promise.all(states.map((state) => mobileFor(purpose, state)));
      const captchas = await Promise.all(mobiles.map(() => app.api.readCaptcha()));
      const timed = async (captcha: { captchaId: string; captchaAnswer: string }, index: number) => {
        const startedMs = performance.now();
        const input = { mobile: String(mobiles[index]), purpose, ...captcha };
        expectType(await app.api.requestSmsCode(input), 'SmsCodeSent');
        return performance.now() - startedMs;
      };
      const times = await Promise.all(captchas.map(timed));
      const [wrong, right] = [0, 1].map((odd) => mean(times.filter((_, index) => index % 2 === odd)));
      // The gateway alone would make 120 ms between the two.
      expect(Math.abs(Number(right) - Number(wrong))).toBeLessThan(50);
    });
  });

  it('a repeat, at once or later, is answered as the first was, in the same time for both', async () => {
    app.gateway.answer = (response, request) => {
      setTimeout(() => success(response, request), 20 + Math.random() * 200);
    };
    const states = Array.from({ length: 40 }, (_, index) => (index % 2 ? 'right' : 'wrong'));
    const mobiles = await Promise.all(states.map((state) => mobileFor('REGISTER', state)));
    const captchas = await Promise.all(mobiles.map(() => app.api.readCaptcha()));
    const timed = async (captcha: { captchaId: string; captchaAnswer: string }, index: number) => {
      const request = { mobile: String(mobiles[index]), ...captcha };
      const startedMs = performance.now();
      const first = app.api.requestSmsCode(request);
      const atOnce = await app.api.requestSmsCode(request);
      const tookMs = performance.now() - startedMs;
      expect(expectType(atOnce, 'SmsCodeSent')).toEqual(await first);
      expect(await app.api.requestSmsCode(request)).toEqual(atOnce);
      return tookMs;
    };
    const times = await Promise.all(captchas.map(timed));
    const [wrong, right] = [0, 1].map((odd) => mean(times.filter((_, index) => index % 2 === odd)));
    expect(Math.abs(Number(right) - Number(wrong))).toBeLessThan(50);
    expect(app.gateway.requests).toHaveLength(20);
  });

  it('a code that was sent to nobody is a code like any other as soon as the state is right', async () => {
    const mobile = await mobileFor('LOGIN', 'wrong');
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'SmsCodeSent');
    await registerMobile(app, mobile);
    await app.redis.del(...(await app.redis.keys('{sms}:allowance:mobile:*:gap')));
    expectType(await app.api.requestWithCaptcha(mobile, 'LOGIN'), 'SmsCodeSent');
    expectType(await app.api.verifySmsCode(mobile, app.gateway.lastCode, 'LOGIN'), 'MobileVerified');
  });

  it('a stop waits for texts whose callers have been answered', async () => {
    const stopping = await startTestApp({ settings: { ENUMERATION: 'conceal' } });
    let answerNow = () => {};
    stopping.gateway.answer = (response, request) => {
      answerNow = () => success(response, request);
    };
    expectType(await stopping.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const stopped = stopping.stop();
    setImmediate(answerNow);
    await stopped;
    expect(stopping.log.some((line) => line.includes('"code_sent"'))).toBe(true);
  });

  it('tells the operator what it tells nobody else', async () => {
    const mobile = await mobileFor('LOGIN', 'wrong');
    await app.api.requestWithCaptcha(mobile, 'LOGIN');
    const events = app.log.map((line) => JSON.parse(line)).filter(({ event }) => event === 'code_withheld');
    expect(events.at(-1)).toMatchObject({
      mobile: `${mobile.slice(0, 3)}****${mobile.slice(7)}`,
      purpose: 'LOGIN',
    });
  });
});

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
