// Stored responses: what is replayed, in which language, and for how long.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Outcome, type SmsCodeRequest, zh } from '../support/api.ts';
import { eventNames } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { countEntries } from '../support/keyspace.ts';
import { UNAVAILABLE } from '../support/outages.ts';
import { idempotencyKey } from '../support/redis-keys.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, usingTestApp, withTestApp } from '../support/test-app.ts';
import { rejection, reset } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';
import { newSmsRequest } from '../support/verification.ts';

describe('a repeated request', () => {
  const app = withTestApp();

  const errors: [what: string, prepare: () => Promise<SmsCodeRequest>, error: Outcome][] = [
    [
      'a wrong captcha answer',
      () => newSmsRequest(app, { captchaAnswer: '----' }),
      { __typename: 'CaptchaMismatchError', message: '图片验证码错误' },
    ],
    [
      'an unknown captcha',
      () => newSmsRequest(app, { captchaId: 'unknown-captcha' }),
      { __typename: 'CaptchaExpiredError', message: '验证码失效' },
    ],
    [
      'a registered mobile',
      async () => {
        const request = await newSmsRequest(app);
        await registerMobile(app, request.mobile);
        return request;
      },
      { __typename: 'MobileAlreadyRegisteredError', message: '手机号已注册' },
    ],
    [
      'an unregistered mobile',
      () => newSmsRequest(app, { purpose: 'LOGIN' }),
      { __typename: 'MobileNotRegisteredError', message: '手机号未注册' },
    ],
    [
      'a mobile in its cooldown',
      async () => {
        const mobile = freshMobile();
        await app.api.requestWithCaptcha(mobile);
        return newSmsRequest(app, { mobile });
      },
      {
        __typename: 'TooManyRequestsError',
        message: '请求过于频繁',
        scope: 'MOBILE',
        retryAfterSeconds: expect.any(Number),
      },
    ],
    [
      'an SMS that the provider rejected',
      () => {
        app.gateway.answer = rejection('160042');
        return newSmsRequest(app);
      },
      {
        __typename: 'SmsSendFailedError',
        message: '发送失败',
        mayStillArrive: false,
        retryAfterSeconds: 10,
      },
    ],
    [
      'an SMS with an unknown outcome',
      () => {
        app.gateway.answer = reset;
        return newSmsRequest(app);
      },
      {
        __typename: 'SmsSendFailedError',
        message: '验证码发送异常',
        mayStillArrive: true,
        retryAfterSeconds: 60,
      },
    ],
  ];

  it.each(errors)(
    'receives the stored error for %s, in its own language, and has no effect',
    async (_what, prepare, error) => {
      const request = await prepare();
      const first = await app.api.requestSmsCode(request);
      expect(first.__typename).toBe(error.__typename);
      expect(eventNames(app).length).toBeGreaterThan(0);
      const before = await countEntries(app.redis);
      app.gateway.reset();
      app.log.length = 0;

      const repeat = await app.api.requestSmsCode(request, zh);
      expect(repeat).toEqual(error);
      expect({ ...repeat, message: first.message }).toEqual(first);
      expect(app.gateway.requests).toHaveLength(0);
      expect(await countEntries(app.redis)).toEqual(before);
      expect(eventNames(app)).toEqual([]);
    },
  );
});

describe('a repeated request after the lifetime of its captcha', () => {
  it('is a new request, whose captcha has expired', async () => {
    await usingTestApp({ settings: { IMAGE_CAPTCHA_TTL_SECONDS: '1' } }, async (app) => {
      const request = await newSmsRequest(app);
      expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
      await eventually(async () => (await app.redis.exists(idempotencyKey(request))) === 0);
      expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
      expect(app.gateway.requests).toHaveLength(1);
    });
  });
});

describeWithPostgres('a repeated request after an outage', () => {
  it('receives the stored error for as long as it says, and then finds the captcha redeemed', async () => {
    const postgres = await TcpProxy.start(String(await createTestDatabase()));
    try {
      await usingTestApp({ databaseUrl: postgres.url }, async (app) => {
        const request = await newSmsRequest(app);
        postgres.resetConnections();
        expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
        await postgres.restore();
        expect(await app.api.requestSmsCode(request, zh)).toEqual(UNAVAILABLE);
        const key = idempotencyKey(request);
        const lifetimeMs = await app.redis.pttl(key);
        expect(lifetimeMs).toBeGreaterThan(0);
        expect(lifetimeMs).toBeLessThanOrEqual(UNAVAILABLE.retryAfterSeconds * 1000);

        await app.redis.pexpire(key, 1);
        await eventually(async () => (await app.redis.exists(key)) === 0);
        expectType(await app.api.requestSmsCode(request), 'CaptchaExpiredError');
        expect(app.gateway.requests).toHaveLength(0);
      });
    } finally {
      await postgres.stop();
    }
  });
});
