// Redis, PostgreSQL and the gateway stop, hang and come back while people ask for texts.

import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { expectType, freshMobile, type Outcome, type Purpose } from '../support/api.ts';
import { createDatabase, type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { type RealRedisServer, startRedis } from '../support/redis-server.ts';
import { registerMobile } from '../support/registered.ts';
import { describeWithPostgres, describeWithRedis } from '../support/suites.ts';
import { prepareTemplate, templateDatabase } from '../support/template-database.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { refusal, silence, success } from '../support/test-gateway.ts';

/** The limit for one call is 1 s, and a flow stops at the first that fails; the rest is the slack of a busy machine. */
const ANSWERS_WITHIN_MS = 2000;

async function timed(outcome: Promise<Outcome>): Promise<Outcome> {
  const startedMs = performance.now();
  const result = await outcome;
  expect(performance.now() - startedMs).toBeLessThan(ANSWERS_WITHIN_MS);
  return result;
}

/** Asks until the service has found its way back; every answer before that must be the typed refusal. */
async function healed(ask: () => Promise<Outcome>, type: string): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    const outcome = await ask();
    if (outcome.__typename === type) return;
    expectType(outcome, 'ServiceUnavailableError');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('still unavailable');
}

const readiness = async (app: TestApp) => (await fetch(`${app.url}/readyz`)).json();

async function prove(app: TestApp, mobile: string, purpose?: Purpose): Promise<unknown> {
  expectType(await app.api.requestWithCaptcha(mobile, purpose), 'SmsCodeSent');
  const verified = await app.api.verifySmsCode(mobile, app.gateway.lastCode, purpose);
  return expectType(verified, 'MobileVerified').verificationToken;
}

const UNAVAILABLE = { __typename: 'ServiceUnavailableError', message: '数据库异常', retryAfterSeconds: 5 };
const zh = { 'accept-language': 'zh-CN' };

describeWithRedis('while Redis', () => {
  let redis: RealRedisServer;
  let app: TestApp;
  beforeEach(async () => {
    redis = await startRedis();
    app = await startTestApp({ redis });
  });
  afterEach(async () => {
    await app?.stop();
    await redis?.stop();
  });

  it.each(['is gone', 'hangs'])(
    '%s, nothing is sent, every answer is typed and in time, and it heals',
    async (state) => {
      const captcha = await app.api.readCaptcha();
      const token = await prove(app, freshMobile());
      app.gateway.requests.length = 0;
      await (state === 'is gone' ? redis.kill() : redis.pause());
      expect(await timed(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }, zh))).toEqual(
        UNAVAILABLE,
      );
      expect(await timed(app.api.imageCaptcha(zh))).toEqual(UNAVAILABLE);
      expect(await timed(app.api.verifySmsCode(freshMobile(), '123456', undefined, zh))).toEqual(UNAVAILABLE);
      expect(await timed(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
      expect(await readiness(app)).toEqual({
        status: 'unavailable',
        redis: 'down',
        postgresql: 'up',
        sms_gateway: 'closed',
      });
      expect(app.gateway.requests).toHaveLength(0);

      await (state === 'is gone' ? redis.restart() : redis.resume());
      await healed(() => app.api.imageCaptcha(), 'ImageCaptcha');
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
      expectType(await app.api.registerUser(token), 'UserRegistered');
      expect(await readiness(app)).toEqual({
        status: 'ready',
        redis: 'up',
        postgresql: 'up',
        sms_gateway: 'closed',
      });
      expect(app.log.filter((line) => line.includes('dependency unavailable'))).toHaveLength(1);
    },
  );

  it('goes away before a refused text is given back, the answer is typed all the same', async () => {
    app.gateway.answer = async (response, request) => {
      await redis.kill();
      refusal('160042')(response, request);
    };
    expect(await timed(app.api.requestWithCaptcha(freshMobile(), undefined, zh))).toEqual(UNAVAILABLE);
    await redis.restart();
  });
});

describeWithPostgres('while PostgreSQL', () => {
  let postgres: PostgresServer;
  let app: TestApp;
  beforeEach(async () => {
    postgres = await startPostgres();
    await prepareTemplate(postgres.url);
    app = await startTestApp({ databaseUrl: await createDatabase(postgres, templateDatabase) });
  });
  afterEach(async () => {
    await app?.stop();
    await postgres?.stop();
  });

  it.each(['is gone', 'hangs'])('%s, nothing is sent, and it heals', async (state) => {
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    app.gateway.requests.length = 0;
    const mobile = freshMobile();
    await (state === 'is gone' ? postgres.kill() : postgres.pause());
    expect(await timed(app.api.requestWithCaptcha(mobile, undefined, zh))).toEqual(UNAVAILABLE);
    expect(await readiness(app)).toEqual({
      status: 'unavailable',
      redis: 'up',
      postgresql: 'down',
      sms_gateway: 'closed',
    });
    expect(app.gateway.requests).toHaveLength(0);

    await (state === 'is gone' ? postgres.restart() : postgres.resume());
    await healed(() => app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(1);
  });

  it.each(['is gone', 'hangs'])('%s, a token is not burnt, nor an attempt at a login', async (state) => {
    const mobile = freshMobile();
    const token = await prove(app, mobile);
    const registered = freshMobile();
    await registerMobile(app, registered);
    expectType(await app.api.requestWithCaptcha(registered, 'LOGIN'), 'SmsCodeSent');
    const code = app.gateway.lastCode;

    await (state === 'is gone' ? postgres.kill() : postgres.pause());
    expect(await timed(app.api.registerUser(token, zh))).toEqual(UNAVAILABLE);
    for (let tries = 0; tries < 6; tries += 1)
      expectType(await timed(app.api.verifySmsCode(registered, code, 'LOGIN')), 'ServiceUnavailableError');
    // With REGISTER nothing has to be looked up.
    expectType(await app.api.verifySmsCode(mobile, '123456'), 'SmsCodeExpiredError');

    await (state === 'is gone' ? postgres.restart() : postgres.resume());
    await healed(() => app.api.registerUser(token), 'UserRegistered');
    expectType(await app.api.verifySmsCode(registered, code, 'LOGIN'), 'MobileVerified');
  });

  it('hangs for a crowd larger than the pool, everybody is answered in time', async () => {
    const captchas = await Promise.all(Array.from({ length: 30 }, () => app.api.readCaptcha()));
    await postgres.pause();
    const crowd = captchas.map((captcha) =>
      timed(app.api.requestSmsCode({ mobile: freshMobile(), ...captcha })),
    );
    for (const outcome of await Promise.all(crowd)) expectType(outcome, 'ServiceUnavailableError');
    await postgres.resume();
    await healed(() => app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
  });
});

describeWithPostgres('while the gateway', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });
  });
  afterAll(() => app?.stop());

  it('is gone, the text surely was not sent, and the next goes out when it is back', async () => {
    const mobile = freshMobile();
    const port = Number(new URL(await gatewayUrl()).port);
    await app.gateway.stop();
    const outcome = await timed(app.api.requestWithCaptcha(mobile));
    expect(outcome).toMatchObject({ __typename: 'SmsNotDeliveredError', mayStillArrive: false });
    await app.gateway.start(port);
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
  });

  it('hangs, the text may still arrive, and others are not held up', async () => {
    app.gateway.answer = (response, request) =>
      (request.to.endsWith('1') ? silence : success)(response, request);
    const crowd = Array.from({ length: 20 }, () => timed(app.api.requestWithCaptcha(freshMobile())));
    const outcomes = await Promise.all(crowd);
    expect(outcomes.filter(({ mayStillArrive }) => mayStillArrive === true)).toHaveLength(2);
    expect(outcomes.filter(({ __typename }) => __typename === 'SmsCodeSent')).toHaveLength(18);
  });

  async function gatewayUrl(): Promise<string> {
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    return `http://${app.gateway.requests.at(-1)?.headers.host}`;
  }
});
