// Redis dies, hangs, dawdles, breaks off or takes no writes while people ask: what is answered, counted and sent.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { counted } from '../support/keyspace.ts';
import {
  ASKED,
  CODE,
  healed,
  prove,
  readiness,
  ready,
  revive,
  sendCode,
  TEXT,
  timed,
  UNAVAILABLE,
  unready,
  zh,
} from '../support/outages.ts';
import { type RealRedisServer, startRedis } from '../support/redis-server.ts';
import { describeWithRedis } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { refusal, success } from '../support/test-gateway.ts';

describeWithRedis('while Redis', () => {
  let redis: RealRedisServer;
  let wire: TcpProxy;
  let app: TestApp;
  beforeAll(async () => {
    redis = await startRedis();
    wire = await TcpProxy.start(redis.url);
    app = await startTestApp({ redis, redisUrl: wire.url });
  });
  beforeEach(async () => {
    await app.redis.flushall();
    app.gateway.requests.length = 0;
    app.gateway.answer = success;
  });
  afterEach(async () => {
    wire.leadTo(redis.url);
    await Promise.all([revive(redis), wire.restore()]);
    await app.redis.replicaof('NO', 'ONE');
    await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([wire?.stop(), redis?.stop()]);
  });

  it.each<[state: string, begin: () => unknown, end: () => unknown]>([
    ['is paused', () => redis.pause(), () => redis.resume()],
    ['is slow by two seconds', () => wire.delayReplies(2000), () => wire.restore()],
    ['breaks off in the middle of every reply', () => wire.cutReplies(), () => wire.restore()],
    ['refuses connections', () => wire.refuseConnections(), () => wire.restore()],
  ])('%s, nothing is sent, and captcha and code are as good afterwards', async (_state, begin, end) => {
    const [mobile, asking] = [freshMobile(), freshMobile()];
    const token = await prove(app, freshMobile());
    const code = await sendCode(app, mobile);
    const captcha = await app.api.readCaptcha();
    const before = await counted(app.redis);
    app.gateway.requests.length = app.log.length = 0;

    await begin();
    const answers = await Promise.all([
      timed(app.api.imageCaptcha(zh)),
      timed(app.api.requestSmsCode({ mobile: asking, ...captcha }, zh)),
      timed(app.api.verifySmsCode(mobile, code, undefined, zh)),
      timed(app.api.registerUser(token, zh)),
    ]);
    expect(answers).toEqual([UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    expect(await readiness(app)).toEqual(unready('redis'));
    expect(app.log.filter((line) => line.includes('dependency unavailable'))).toHaveLength(1);

    await end();
    await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expect(await readiness(app)).toEqual(ready);
    expect(beyondTheAddress(await counted(app.redis))).toEqual(beyondTheAddress(before));
    expect(app.gateway.requests).toHaveLength(0);
    expectType(await app.api.requestSmsCode({ mobile: asking, ...captcha }), 'SmsCodeSent');
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('dies and comes back empty, every answer is typed, and what it kept has expired', async () => {
    const mobile = freshMobile();
    const token = await prove(app, freshMobile());
    const code = await sendCode(app, mobile);
    const captcha = await app.api.readCaptcha();
    app.gateway.requests.length = 0;

    await redis.kill();
    expect(await timed(app.api.imageCaptcha(zh))).toEqual(UNAVAILABLE);
    expect(await timed(app.api.requestSmsCode({ mobile, ...captcha }, zh))).toEqual(UNAVAILABLE);
    expect(await timed(app.api.verifySmsCode(mobile, code, undefined, zh))).toEqual(UNAVAILABLE);
    expect(await timed(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
    expect(await readiness(app)).toEqual(unready('redis'));

    await redis.restart();
    await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expectType(await app.api.requestSmsCode({ mobile, ...captcha }), 'CaptchaExpiredError');
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
    expect(await counted(app.redis)).toEqual({ ...ASKED, 'allowance:verify': 1 });
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('forgets its scripts, nobody notices', async () => {
    await sendCode(app, freshMobile());
    await app.redis.script('FLUSH');
    await prove(app, freshMobile());
  });

  it('is a read-only replica, nothing is sent or counted, until it is the primary again', async () => {
    const mobile = freshMobile();
    const captcha = await app.api.readCaptcha();
    const before = await counted(app.redis);
    await app.redis.replicaof('127.0.0.1', 1);
    expect(await timed(app.api.imageCaptcha(zh))).toEqual(UNAVAILABLE);
    expect(await timed(app.api.requestSmsCode({ mobile, ...captcha }, zh))).toEqual(UNAVAILABLE);
    expect(await timed(app.api.verifySmsCode(mobile, '123456', undefined, zh))).toEqual(UNAVAILABLE);
    expect(await counted(app.redis)).toEqual(before);
    expect(app.gateway.requests).toHaveLength(0);

    await app.redis.replicaof('NO', 'ONE');
    await healed(() => app.api.requestSmsCode({ mobile, ...captcha }), 'SmsCodeSent');
  });

  it('becomes a replica while its name passes to another, the service follows the name', async () => {
    const successor = await startRedis();
    try {
      wire.leadTo(successor.url);
      // The connections of the service stay with the one that was the primary.
      await app.redis.replicaof('127.0.0.1', 1);
      await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
    } finally {
      await successor.stop();
    }
  });

  /** The steps of a request for a text, each one reply; and what is counted once Redis has done that step. */
  const steps: [step: string, reply: number, counts: object][] = [
    ['its address is counted', 1, ASKED],
    ['its captcha is taken', 2, ASKED],
    ['its text is counted and its code opened', 3, { ...ASKED, ...TEXT, ...CODE }],
    ['its refused text is given back', 4, ASKED],
  ];

  it.each(steps)(
    'breaks off a request for a text as %s, the step counts once',
    async (_step, reply, counts) => {
      await expectStep(() => wire.cutReplies(reply), reply, counts);
    },
  );

  it.each(steps.slice(2))(
    'dawdles for two seconds as %s, the step counts once',
    async (_step, reply, counts) => {
      await expectStep(() => wire.delayReplies(2000, reply), reply, counts);
    },
  );

  it('takes 0.7 seconds for each reply, people are answered in time, and nothing is sent too late', async () => {
    const captcha = await app.api.readCaptcha();
    wire.delayReplies(700);
    expect(await timed(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh))).toEqual(
      UNAVAILABLE,
    );
    expect(app.gateway.requests).toHaveLength(0);
  });

  it.each<[state: string, begin: () => unknown]>([
    ['hangs', () => redis.pause()],
    ['takes 0.7 seconds for each reply', () => wire.delayReplies(700)],
    ['refuses connections', () => wire.refuseConnections()],
  ])('%s as a repeat waits for the first, the repeat is answered in time', async (_state, begin) => {
    let answerNow = () => {};
    app.gateway.answer = (response, request) => {
      answerNow = () => success(response, request);
    };
    const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
    const first = app.api.requestSmsCode(request);
    await eventually(async () => app.gateway.requests.length === 1);
    const repeat = app.api.requestSmsCode(request, zh);
    await app.api.readCaptcha();
    await begin();
    expect(await timed(repeat)).toEqual(UNAVAILABLE);
    answerNow();
    expectType(await first, 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  /** The gateway refuses the text. What the step counted is counted once, nothing left, and the next text does. */
  async function expectStep(begin: () => void, reply: number, counts: object): Promise<void> {
    const captcha = await app.api.readCaptcha();
    app.gateway.answer = refusal('160042');
    begin();
    expect(await timed(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh))).toEqual(
      UNAVAILABLE,
    );
    await wire.restore();
    await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expect(await counted(app.redis)).toEqual(counts);
    expect(await app.redis.exists(`captcha:${captcha.captchaId}`)).toBe(reply > 1 ? 0 : 1);
    expect(app.gateway.requests).toHaveLength(reply > 3 ? 1 : 0);
    app.gateway.answer = success;
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
  }
});

/** Of a call that nobody waited for, the address's allowance may be counted; never more. */
function beyondTheAddress(counts: Record<string, number>) {
  const { 'allowance:sms': _asked, 'allowance:verify': _tried, ...others } = counts;
  return others;
}
