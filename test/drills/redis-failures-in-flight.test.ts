// Outages of Redis between two steps of a request for an SMS, and while a repeated request waits.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { expectType, freshMobile, zh } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { countEntries } from '../support/keyspace.ts';
import {
  CODE_COUNTS,
  inTime,
  REQUEST_COUNTS,
  restoreServer,
  SMS_COUNTS,
  startRedisBehindProxy,
  UNAVAILABLE,
  untilRecovered,
} from '../support/outages.ts';
import { captchaKey } from '../support/redis-keys.ts';
import type { RealRedisServer } from '../support/redis-server.ts';
import { describeWithRedis } from '../support/suites.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { holdAnswers, rejection, success } from '../support/test-gateway.ts';
import { registerMobile } from '../support/users.ts';
import { newSmsRequest } from '../support/verification.ts';

describeWithRedis('when Redis', () => {
  let redis: RealRedisServer;
  let proxy: TcpProxy;
  const app = withTestApp(async (onStop) => {
    ({ redis, proxy } = await startRedisBehindProxy(onStop));
    return { redis, redisUrl: proxy.url };
  });
  beforeEach(() => app.redis.flushall());
  afterEach(async () => {
    await Promise.all([restoreServer(redis), proxy.restore()]);
    await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
  });

  const RESERVED_COUNTS = { ...REQUEST_COUNTS, ...SMS_COUNTS, ...CODE_COUNTS };

  /** The steps of a request for an SMS, one reply each, and what is counted after Redis has executed the step. */
  const steps: [step: string, reply: number, counts: object][] = [
    ['counts its address', 1, REQUEST_COUNTS],
    ['redeems its captcha', 2, REQUEST_COUNTS],
    ['reserves its SMS and opens its code', 3, RESERVED_COUNTS],
    ['asks the guard', 4, RESERVED_COUNTS],
    ['records that its SMS leaves', 5, RESERVED_COUNTS],
    ['releases its rejected SMS', 6, REQUEST_COUNTS],
  ];

  it.each(steps)(
    'closes the connection while a request %s, the step counts once',
    async (_step, reply, counts) => {
      await expectStep(() => proxy.cutReplies(reply), reply, counts);
    },
  );

  it.each(steps.slice(2))(
    'answers after two seconds while a request %s, the step counts once',
    async (_step, reply, counts) => {
      // Redis still executes calls after its late reply, so the SMS that did not leave is released.
      const counted = reply >= 4 ? REQUEST_COUNTS : counts;
      await expectStep(() => proxy.delayReplies(2000, reply), reply, counted);
    },
  );

  it.each([
    ['suppressed', 'an ineligible', true],
    ['sent', 'an eligible', false],
  ])(
    'does not record an SMS that is to be %s, %s mobile loses no limit with user-enumeration protection',
    async (_what, _mobile, isRegistered) => {
      const options = { settings: { ENUMERATION: 'conceal' }, redis, redisUrl: proxy.url };
      await usingTestApp(options, async (concealing) => {
        const mobile = freshMobile();
        if (isRegistered) await registerMobile(concealing, mobile);
        await app.redis.flushall();
        const captcha = await concealing.api.readCaptcha();
        proxy.delayReplies(2000, 5);
        expect(await inTime(concealing.api.requestSmsCode({ mobile, ...captcha }, zh))).toEqual(UNAVAILABLE);
        await proxy.restore();
        await untilRecovered(() => concealing.api.imageCaptcha(), 'ImageCaptcha');
        expect(await countEntries(app.redis)).toEqual(REQUEST_COUNTS);
        expect(concealing.gateway.requests).toHaveLength(0);
      });
    },
  );

  it('answers after 0.7 seconds each time, requests are answered in time, and no SMS is sent late', async () => {
    const captcha = await app.api.readCaptcha();
    proxy.delayReplies(700);
    expect(await inTime(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh))).toEqual(
      UNAVAILABLE,
    );
    expect(app.gateway.requests).toHaveLength(0);
  });

  it.each<[state: string, begin: () => unknown]>([
    ['does not answer', () => redis.pause()],
    ['answers after 0.7 seconds each time', () => proxy.delayReplies(700)],
    ['refuses connections', () => proxy.refuseConnections()],
  ])(
    '%s while a repeated request waits for the one in flight, the repeated one is answered in time',
    async (_state, begin) => {
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const request = await newSmsRequest(app);
      const first = app.api.requestSmsCode(request);
      await eventually(async () => held.waiting === 1);
      const repeat = app.api.requestSmsCode(request, zh);
      await app.api.readCaptcha();
      await begin();
      expect(await inTime(repeat)).toEqual(UNAVAILABLE);
      held.release();
      expectType(await first, 'SmsCodeSent');
      expect(app.gateway.requests).toHaveLength(1);
    },
  );

  /** The gateway rejects the SMS. The step counts once, no key is left over, and the next SMS is sent. */
  async function expectStep(begin: () => void, reply: number, counts: object): Promise<void> {
    const captcha = await app.api.readCaptcha();
    app.gateway.answer = rejection('160042');
    begin();
    expect(await inTime(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh))).toEqual(
      UNAVAILABLE,
    );
    await proxy.restore();
    await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expect(await countEntries(app.redis)).toEqual(counts);
    expect(await app.redis.exists(captchaKey(captcha.captchaId))).toBe(reply > 1 ? 0 : 1);
    expect(app.gateway.requests).toHaveLength(reply > 5 ? 1 : 0);
    app.gateway.answer = success;
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
  }
});
