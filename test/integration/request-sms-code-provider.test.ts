// requestSmsCode when the provider rejects an SMS or its outcome is unknown.

import { describe, expect, it } from '@jest/globals';
import { expectType, freshMobile, zh } from '../support/api.ts';
import { events, logText } from '../support/audit-log.ts';
import { countEntries, keyspace } from '../support/keyspace.ts';
import { REQUEST_COUNTS } from '../support/outages.ts';
import { smsCodeKey } from '../support/redis-keys.ts';
import { withTestApp } from '../support/test-app.ts';
import { json, rejection, reset, silence, success } from '../support/test-gateway.ts';
import { masked } from '../support/verification.ts';

describe('requestSmsCode', () => {
  const app = withTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });

  it('releases the limits of the mobile and the service after a rejection: a retry sends a new code at once', async () => {
    const mobile = freshMobile();
    await app.redis.flushall();
    app.gateway.answer = rejection('160042');
    expect(await app.api.requestWithCaptcha(mobile, undefined, zh)).toEqual({
      __typename: 'SmsSendFailedError',
      message: '发送失败',
      mayStillArrive: false,
      retryAfterSeconds: 10,
    });
    expect(await countEntries(app.redis)).toEqual(REQUEST_COUNTS);
    const rejectedCode = app.gateway.lastCode;
    app.gateway.answer = success;
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expect(app.gateway.lastCode).not.toBe(rejectedCode);
  });

  it.each([
    ['does not answer', silence],
    ['closes the connection', reset],
    ['answers with a status code that does not tell', rejection('160050')],
  ])('keeps the code and its reservation when the gateway %s', async (_name, answer) => {
    const mobile = freshMobile();
    app.gateway.answer = answer;
    expect(await app.api.requestWithCaptcha(mobile, undefined, zh)).toEqual({
      __typename: 'SmsSendFailedError',
      message: '验证码发送异常',
      mayStillArrive: true,
      retryAfterSeconds: 60,
    });
    expectType(await app.api.requestWithCaptcha(mobile), 'TooManyRequestsError');
    expect(app.gateway.requests).toHaveLength(1);
    expect(await app.redis.exists(smsCodeKey('REGISTER', mobile))).toBe(1);
  });

  it('logs neither a mobile nor a code that the gateway repeats, and sets an expiry on every key', async () => {
    const mobile = freshMobile();
    app.gateway.answer = (response, { code, to }) =>
      json(response, 200, { statusCode: '160042', statusMsg: `验证码${code}，${to}` });
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsSendFailedError');
    expect(events(app).at(-1)).toMatchObject({
      event: 'code_not_sent',
      mobile: masked(mobile),
      reason: expect.stringContaining('160042 验证码'),
    });
    const log = logText(app);
    expect(log).not.toContain(mobile);
    expect(log).not.toMatch(new RegExp(`(?<!\\d)${app.gateway.lastCode}(?!\\d)`));
    const keys = await keyspace(app.redis);
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(await app.redis.pttl(key)).toBeGreaterThan(0);
  });
});
