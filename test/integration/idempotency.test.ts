// Repeated requests for an SMS: from a double click, a page that mounts twice, or a client that lost the response.

import { describe, expect, it } from '@jest/globals';
import { countTypes, expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { dump } from '../support/keyspace.ts';
import { captchaKey, idempotencyKey } from '../support/redis-keys.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { holdAnswers, successAfter } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';
import { masked, newSmsRequest } from '../support/verification.ts';

describe('identical requests', () => {
  const app = withTestApp();

  it('send one SMS for 50 concurrent identical requests, and all receive the same response', async () => {
    app.gateway.answer = successAfter(() => 150);
    const request = await newSmsRequest(app);
    const startedMs = performance.now();
    const outcomes = await Promise.all(Array.from({ length: 50 }, () => app.api.requestSmsCode(request)));
    const seconds = Math.ceil((performance.now() - startedMs) / 1000);
    expect(outcomes).toHaveLength(50);
    for (const { expiresInSeconds, resendAfterSeconds, ...outcome } of outcomes) {
      expect(outcome).toEqual({ __typename: 'SmsCodeSent', mobile: masked(request.mobile), codeLength: 6 });
      // On a slow machine the seconds count down meanwhile.
      expect(expiresInSeconds).toBeLessThanOrEqual(300);
      expect(expiresInSeconds).toBeGreaterThanOrEqual(300 - seconds);
      expect(resendAfterSeconds).toBeLessThanOrEqual(60);
      expect(resendAfterSeconds).toBeGreaterThanOrEqual(60 - seconds);
    }
    expect(app.gateway.requests).toHaveLength(1);
    expectType(await app.api.verifySmsCode(request.mobile, app.gateway.lastCode), 'MobileVerified');
  });

  it('are identical in every spelling of the mobile and of the captcha answer', async () => {
    const request = await newSmsRequest(app);
    const first = expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    const { mobile, captchaAnswer } = request;
    const spelling = { mobile: `+86 ${mobile}`, captchaAnswer: ` ${captchaAnswer.toLowerCase()} ` };
    expect(await app.api.requestSmsCode({ ...request, ...spelling, purpose: 'REGISTER' })).toEqual(first);
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('wait for the one in flight, even if its caller has disconnected', async () => {
    const held = holdAnswers();
    app.gateway.answer = held.answer;
    const request = await newSmsRequest(app);
    const caller = new AbortController();
    const disconnected = fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($i: RequestSmsCodeInput!) { requestSmsCode(input: $i) { __typename } }',
        variables: { i: request },
      }),
      signal: caller.signal,
    });
    await eventually(async () => held.waiting === 1);
    caller.abort();
    await expect(disconnected).rejects.toThrow('aborted');

    let responded = false;
    const repeat = app.api.requestSmsCode(request).finally(() => {
      responded = true;
    });
    await app.api.readCaptcha();
    expect(responded).toBe(false);
    held.release();
    expectType(await repeat, 'SmsCodeSent');
    expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('differ in captcha answer, mobile or purpose: the other request finds the captcha redeemed', async () => {
    const request = await newSmsRequest(app);
    const first = expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    await registerMobile(app, request.mobile);
    for (const other of [
      { captchaAnswer: 'XXXX' },
      { mobile: freshMobile() },
      { purpose: 'LOGIN' },
    ] as const) {
      expectType(await app.api.requestSmsCode({ ...request, ...other }), 'CaptchaExpiredError');
    }
    expect(await app.api.requestSmsCode(request)).toEqual(first);
    expect(app.gateway.requests).toHaveLength(1);
  });

  it('do not give a captcha a second try: the correct answer after a wrong one finds it redeemed', async () => {
    const request = await newSmsRequest(app);
    expectType(await app.api.requestSmsCode({ ...request, captchaAnswer: '----' }), 'CaptchaMismatchError');
    expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
  });

  it('leave neither the mobile, masked or not, nor the code nor the captcha answer in Redis', async () => {
    const request = await newSmsRequest(app);
    const key = idempotencyKey(request);
    await app.api.requestSmsCode(request);
    await eventually(async () => (await app.redis.get(key))?.includes('SmsCodeSent') === true);
    const { mobile, captchaId, captchaAnswer } = request;
    const stored = await app.redis.get(key);
    for (const secret of [mobile.slice(-8), mobile.slice(-4), '****', app.gateway.lastCode])
      expect(stored).not.toContain(secret);
    const everything = await dump(app.redis);
    expect(everything).toContain(key);
    for (const secret of [mobile.slice(-8), '****', captchaId, captchaAnswer])
      expect(everything).not.toContain(secret);
    expect(await app.redis.pttl(key)).toBeGreaterThan(0);
  });
});

describe('identical requests and the rate limit of their address', () => {
  it('count once, and not at all once the limit is exceeded: the captcha stays valid', async () => {
    const settings = { SMS_PER_ADDRESS_PER_HOUR: '1', TRUSTED_PROXIES: '127.0.0.1' };
    await usingTestApp({ settings }, async (app) => {
      const from = (address: string) => ({ 'x-forwarded-for': address });
      const request = await newSmsRequest(app);
      const repeats = Array.from({ length: 50 }, () => app.api.requestSmsCode(request, from('203.0.113.1')));
      expect(countTypes(await Promise.all(repeats))).toEqual({ SmsCodeSent: 50 });

      const next = await newSmsRequest(app);
      for (let tries = 0; tries < 2; tries += 1) {
        const exceeded = await app.api.requestSmsCode(next, from('203.0.113.1'));
        expect(exceeded).toMatchObject({ __typename: 'TooManyRequestsError', scope: 'ADDRESS' });
      }
      expect(await app.redis.get(captchaKey(next.captchaId))).toBe(next.captchaAnswer);
      expectType(await app.api.requestSmsCode(next, from('203.0.113.2')), 'SmsCodeSent');
      expectType(await app.api.requestSmsCode(next, from('203.0.113.1')), 'SmsCodeSent');
      expect(app.gateway.requests).toHaveLength(2);
    });
  });
});
