// The round trips of one SMS, and which of them the caller waits for.

import { expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithPostgres } from '../support/suites.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { createTestDatabase, startSomeRedis, withTestApp } from '../support/test-app.ts';
import { success } from '../support/test-gateway.ts';
import { newSmsRequest, plantCaptcha } from '../support/verification.ts';

describeWithPostgres('an SMS that is sent', () => {
  let redis: TcpProxy;
  let postgres: TcpProxy;
  const app = withTestApp(async (onStop) => {
    const redisServer = await startSomeRedis();
    onStop(() => redisServer.stop());
    redis = await TcpProxy.start(redisServer.url);
    onStop(() => redis.stop());
    postgres = await TcpProxy.start(String(await createTestDatabase()));
    onStop(() => postgres.stop());
    return { redis: redisServer, redisUrl: redis.url, databaseUrl: postgres.url };
  });

  it('takes five round trips to Redis, one SQL statement and one call of the gateway; the caller does not wait for the writes after that', async () => {
    // The first request also opens connections and loads the scripts.
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const request = await newSmsRequest(app);
    let writesBeforeSend = 0;
    app.gateway.answer = (response, gatewayRequest) => {
      writesBeforeSend = redis.written.length;
      redis.delayReplies(60_000);
      success(response, gatewayRequest);
    };
    redis.forget();
    postgres.forget();
    app.gateway.requests.length = 0;

    const startedMs = performance.now();
    expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    // Redis has answered nothing since the gateway accepted the SMS. The service would wait for it for a second.
    expect(performance.now() - startedMs).toBeLessThan(900);
    expect(writesBeforeSend).toBe(5);
    await eventually(async () => redis.written.length >= 6);
    await redis.restore();
    expect(statements(postgres)).toBe(1);
    expect(app.gateway.requests).toHaveLength(1);
  });
});

describeWithPostgres('a hundred SMS', () => {
  let postgres: TcpProxy;
  const app = withTestApp(async (onStop) => {
    postgres = await TcpProxy.start(String(await createTestDatabase()));
    onStop(() => postgres.stop());
    return { databaseUrl: postgres.url };
  });

  it('take one SQL statement each, and one for the lot of the daily cap that they share', async () => {
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const requests = await Promise.all(
      Array.from({ length: 100 }, async () => ({ mobile: freshMobile(), ...(await plantCaptcha(app)) })),
    );
    postgres.forget();
    for (const request of requests) expectType(await app.api.requestSmsCode(request), 'SmsCodeSent');
    expect(statements(postgres)).toBe(101);
  });
});

/** PostgreSQL sends ReadyForQuery, `Z` with the length 5, once for each statement. */
function statements({ answered }: TcpProxy): number {
  return Buffer.concat(answered).toString('latin1').split('Z\0\0\0\x05').length - 1;
}
