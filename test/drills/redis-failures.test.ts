// Outages of Redis: a crash, no answer, slow or broken replies, or no writes. What is answered, counted and sent.

import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { expectType, freshMobile, zh } from '../support/api.ts';
import { logLines } from '../support/audit-log.ts';
import { degraded, READY, readiness } from '../support/health.ts';
import { countEntries } from '../support/keyspace.ts';
import {
  inTime,
  REQUEST_COUNTS,
  restoreServer,
  startRedisBehindProxy,
  UNAVAILABLE,
  untilRecovered,
} from '../support/outages.ts';
import { type RealRedisServer, startRedis } from '../support/redis-server.ts';
import { describeWithRedis } from '../support/suites.ts';
import type { TcpProxy } from '../support/tcp-proxy.ts';
import { withTestApp } from '../support/test-app.ts';
import { obtainToken, receiveCode } from '../support/verification.ts';

const REPORT_SECRET = 'report-secret-of-the-tests';
/** Redis has 500 ms. The rest is a margin for a busy machine. */
const REPORT_ANSWER_LIMIT_MS = 1000;

describeWithRedis('when Redis', () => {
  let redis: RealRedisServer;
  let proxy: TcpProxy;
  const app = withTestApp(async (onStop) => {
    ({ redis, proxy } = await startRedisBehindProxy(onStop));
    return { redis, redisUrl: proxy.url, settings: { YUNTONGXUN_REPORT_SECRET: REPORT_SECRET } };
  });
  beforeEach(() => app.redis.flushall());
  afterEach(async () => {
    proxy.redirectTo(redis.url);
    await Promise.all([restoreServer(redis), proxy.restore()]);
    await app.redis.replicaof('NO', 'ONE');
    await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
  });

  /** The status of the answer to a delivery report. After 503 the platform repeats it. */
  async function postReport(): Promise<number> {
    const startedMs = performance.now();
    const Request = { action: 'SMSArrived', smsType: '1', status: '0', reqId: '0'.repeat(32) };
    const { status } = await fetch(`${app.url}/webhooks/yuntongxun/${REPORT_SECRET}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ Request }),
    });
    expect(performance.now() - startedMs).toBeLessThan(REPORT_ANSWER_LIMIT_MS);
    return status;
  }

  it.each<[state: string, begin: () => unknown, end: () => unknown]>([
    ['does not answer', () => redis.pause(), () => redis.resume()],
    ['answers after two seconds', () => proxy.delayReplies(2000), () => proxy.restore()],
    ['closes the connection within every reply', () => proxy.cutReplies(), () => proxy.restore()],
    ['refuses connections', () => proxy.refuseConnections(), () => proxy.restore()],
  ])('%s, nothing is sent, and captcha, code and token stay valid', async (_state, begin, end) => {
    const [mobile, requesting] = [freshMobile(), freshMobile()];
    const token = await obtainToken(app, freshMobile());
    const code = await receiveCode(app, mobile);
    const captcha = await app.api.readCaptcha();
    const before = await countEntries(app.redis);
    app.gateway.reset();
    app.log.length = 0;

    await begin();
    const answers = await Promise.all([
      inTime(app.api.imageCaptcha(zh)),
      inTime(app.api.requestSmsCode({ mobile: requesting, ...captcha }, zh)),
      inTime(app.api.verifySmsCode(mobile, code, undefined, zh)),
      inTime(app.api.registerUser(token, zh)),
    ]);
    expect(answers).toEqual([UNAVAILABLE, UNAVAILABLE, UNAVAILABLE, UNAVAILABLE]);
    expect(await postReport()).toBe(503);
    expect(await readiness(app)).toEqual(degraded('redis'));
    const errors = logLines(app).filter(({ level }) => level === 'error');
    expect(errors).toEqual([expect.objectContaining({ dependency: 'redis' })]);

    await end();
    await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expect(await postReport()).toBe(200);
    expect(await readiness(app)).toEqual(READY);
    const { 'code:REGISTER': codes, 'ratelimit:mobile:day': sent } = before;
    expect([codes, sent]).toEqual([1, 2]);
    expect(withoutAddress(await countEntries(app.redis))).toEqual(withoutAddress(before));
    expect(app.gateway.requests).toHaveLength(0);
    expectType(await app.api.requestSmsCode({ mobile: requesting, ...captcha }), 'SmsCodeSent');
    expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('crashes and restarts empty, every error is typed, and captcha and code have expired', async () => {
    const mobile = freshMobile();
    const token = await obtainToken(app, freshMobile());
    const code = await receiveCode(app, mobile);
    const captcha = await app.api.readCaptcha();
    app.gateway.requests.length = 0;

    await redis.kill();
    expect(await inTime(app.api.imageCaptcha(zh))).toEqual(UNAVAILABLE);
    expect(await inTime(app.api.requestSmsCode({ mobile, ...captcha }, zh))).toEqual(UNAVAILABLE);
    expect(await inTime(app.api.verifySmsCode(mobile, code, undefined, zh))).toEqual(UNAVAILABLE);
    expect(await inTime(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
    expect(await readiness(app)).toEqual(degraded('redis'));

    await redis.restart();
    await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
    expectType(await app.api.requestSmsCode({ mobile, ...captcha }), 'CaptchaExpiredError');
    expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');
    expect(app.gateway.requests).toHaveLength(0);
    expect(await countEntries(app.redis)).toEqual({ ...REQUEST_COUNTS, 'ratelimit:verify:hour': 1 });
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expectType(await app.api.registerUser(token), 'UserRegistered');
  });

  it('loses its scripts, requests succeed', async () => {
    await receiveCode(app, freshMobile());
    await app.redis.script('FLUSH');
    await obtainToken(app, freshMobile());
  });

  it('becomes a read-only replica, nothing is sent or counted until it is the primary again', async () => {
    const mobile = freshMobile();
    const captcha = await app.api.readCaptcha();
    const before = await countEntries(app.redis);
    await app.redis.replicaof('127.0.0.1', 1);
    expect(await inTime(app.api.imageCaptcha(zh))).toEqual(UNAVAILABLE);
    expect(await inTime(app.api.requestSmsCode({ mobile, ...captcha }, zh))).toEqual(UNAVAILABLE);
    expect(await inTime(app.api.verifySmsCode(mobile, '123456', undefined, zh))).toEqual(UNAVAILABLE);
    expect(await countEntries(app.redis)).toEqual(before);
    expect(app.gateway.requests).toHaveLength(0);

    await app.redis.replicaof('NO', 'ONE');
    await untilRecovered(() => app.api.requestSmsCode({ mobile, ...captcha }), 'SmsCodeSent');
  });

  it('becomes a replica and its host name points to the new primary, the service connects to that', async () => {
    const successor = await startRedis();
    try {
      proxy.redirectTo(successor.url);
      // The open connections of the service still lead to the former primary.
      await app.redis.replicaof('127.0.0.1', 1);
      await untilRecovered(() => app.api.imageCaptcha(), 'ImageCaptcha');
    } finally {
      await successor.stop();
    }
  });
});

/** A call that timed out may still count against the address later, but against nothing else. */
function withoutAddress(counts: Record<string, number>) {
  const { 'ratelimit:send:hour': _requests, 'ratelimit:verify:hour': _codes, ...others } = counts;
  return others;
}
