// What one text costs in round trips, and which of them its caller waits for.

import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import type { RedisServer } from '../support/redis-server.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, startSomeRedis, startTestApp, type TestApp } from '../support/test-app.ts';
import { success } from '../support/test-gateway.ts';

describeWithPostgres('a text that is sent', () => {
  let redisServer: RedisServer;
  let redis: TcpProxy;
  let postgres: TcpProxy;
  let app: TestApp;
  beforeAll(async () => {
    redisServer = await startSomeRedis();
    redis = await TcpProxy.start(redisServer.url);
    postgres = await TcpProxy.start(String(await createTestDatabase()));
    app = await startTestApp({ redis: redisServer, redisUrl: redis.url, databaseUrl: postgres.url });
  });
  afterAll(async () => {
    await app?.stop();
    await Promise.all([redis?.stop(), postgres?.stop(), redisServer?.stop()]);
  });

  it('takes three round trips to Redis, one SQL statement and one call of the gateway, and a write that nobody waits for', async () => {
    // The first request also opens connections and loads the scripts.
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const captcha = await app.api.readCaptcha();
    let writtenBefore = 0;
    app.gateway.answer = (response, request) => {
      writtenBefore = redis.written.length;
      redis.delayReplies(60_000);
      success(response, request);
    };
    redis.forget();
    postgres.forget();
    app.gateway.requests.length = 0;

    const startedMs = performance.now();
    expectType(await app.api.requestSmsCode({ mobile: freshMobile(), ...captcha }), 'SmsCodeSent');
    // Redis has answered nothing since the gateway took the text; the service would wait a second for it.
    expect(performance.now() - startedMs).toBeLessThan(900);
    expect(writtenBefore).toBe(3);
    await eventually(async () => redis.written.length === 4);
    await redis.restore();
    expect(statements(postgres)).toBe(1);
    expect(app.gateway.requests).toHaveLength(1);
  });
});

/** The server says ReadyForQuery, `Z` and a length of 5, once for each statement. */
function statements({ answered }: TcpProxy): number {
  return Buffer.concat(answered).toString('latin1').split('Z\0\0\0\x05').length - 1;
}
