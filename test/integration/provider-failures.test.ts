// Failures of the SMS provider: what is answered, counted, released and sent.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { countEntries } from '../support/keyspace.ts';
import { CODE_COUNTS, inTime, REQUEST_COUNTS, SMS_COUNTS } from '../support/outages.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { withTestApp } from '../support/test-app.ts';
import {
  type Answer,
  acceptedBody,
  json,
  rejection,
  reset,
  silence,
  success,
  TestGateway,
} from '../support/test-gateway.ts';

const COOLDOWN_SECONDS = 60;
const ONE_DAY_SECONDS = 24 * 60 * 60;

describe('when the gateway', () => {
  const gateway = new TestGateway();
  let proxy: TcpProxy;
  const app = withTestApp(async (onStop) => {
    const gatewayUrl = await gateway.start();
    onStop(() => gateway.stop());
    proxy = await TcpProxy.start(gatewayUrl);
    onStop(() => proxy.stop());
    return { gatewayUrl: proxy.url, settings: { YUNTONGXUN_TIMEOUT_SECONDS: '1' } };
  });
  beforeEach(async () => {
    await restore();
    // An accepted SMS before each test, since five failures in a row would open the circuit.
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    await app.redis.flushall();
    gateway.reset();
  });

  async function restore(): Promise<void> {
    await proxy.restore();
    gateway.answer = success;
  }

  function answers(answer: Answer): () => void {
    return () => {
      gateway.answer = answer;
    };
  }

  it.each<[what: string, begin: () => unknown]>([
    ['accepts it', answers(success)],
    ['accepts it with HTTP 500', answers((response) => json(response, 500, acceptedBody()))],
  ])('%s, the SMS counts as sent', async (_what, begin) => {
    const mobile = freshMobile();
    begin();
    expectType(await inTime(app.api.requestWithCaptcha(mobile)), 'SmsCodeSent');
    expect(await countEntries(app.redis)).toEqual({ ...REQUEST_COUNTS, ...SMS_COUNTS, ...CODE_COUNTS });
    expect(gateway.requests).toHaveLength(1);
    expectType(await app.api.verifySmsCode(mobile, gateway.lastCode), 'MobileVerified');
  });

  it.each<[what: string, begin: () => unknown, received: number, retryAfterSeconds: number]>([
    ['refuses connections', () => proxy.refuseConnections(), 0, 10],
    ['rejects the number', answers(rejection('160042')), 1, 10],
    ['rejects the account', answers(rejection('111109')), 1, 10],
    ['rejects the template', answers(rejection('160032')), 1, 10],
    ['has no balance', answers(rejection('160014')), 1, 10],
    ['is busy', answers(rejection('160001')), 1, 10],
    ['rejects it with HTTP 500', answers(rejection('160042', 500)), 1, 10],
    ['has sent to the number within the last minute', answers(rejection('160038')), 1, 60],
    ['has reached the daily limit of the number', answers(rejection('160040')), 1, ONE_DAY_SECONDS],
  ])(
    '%s, the SMS was not sent: its limits are released, its code is void, and a retry may follow at once',
    async (_what, begin, received, retryAfterSeconds) => {
      const mobile = freshMobile();
      await begin();
      const outcome = await inTime(app.api.requestWithCaptcha(mobile));
      expect(outcome).toMatchObject({ __typename: 'SmsSendFailedError', mayStillArrive: false });
      expectRetryAfter(outcome.retryAfterSeconds, retryAfterSeconds);
      expect(await countEntries(app.redis)).toEqual(REQUEST_COUNTS);
      expect(gateway.requests).toHaveLength(received);
      for (const { code } of gateway.requests)
        expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');

      await restore();
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    },
  );

  it.each<[what: string, begin: () => unknown, received: number]>([
    ['does not answer', answers(silence), 1],
    ['resets the connection before it receives the request', () => proxy.resetConnections(), 0],
    ['closes the connection after it receives the request', answers(reset), 1],
    ['answers HTML', answers((response) => response.writeHead(502).end('<html>Bad Gateway</html>')), 1],
    ['sends an incomplete body', () => proxy.cutReplies(1, 0.5), 1],
    [
      'accepts it without a message id',
      answers((response) => json(response, 200, { statusCode: '000000' })),
      1,
    ],
    ['reports an internal error', answers(rejection('160050')), 1],
    ['reports a lost channel', answers(rejection('161021')), 1],
    ['reports a duplicate request', answers(rejection('160054')), 1],
    ['answers with a code of the query API', answers(rejection('160047')), 1],
    ["answers with a code of the vendor's SDKs", answers(rejection('172001')), 1],
    ['answers with an undocumented code', answers(rejection('999999')), 1],
  ])(
    '%s, the SMS may still arrive: it stays counted, and its code is valid',
    async (_what, begin, received) => {
      const mobile = freshMobile();
      begin();
      expect(await inTime(app.api.requestWithCaptcha(mobile))).toMatchObject({
        __typename: 'SmsSendFailedError',
        mayStillArrive: true,
        retryAfterSeconds: COOLDOWN_SECONDS,
      });
      expect(await countEntries(app.redis)).toEqual({ ...REQUEST_COUNTS, ...SMS_COUNTS, ...CODE_COUNTS });
      expect(gateway.requests).toHaveLength(received);

      await restore();
      expect(await app.api.requestWithCaptcha(mobile)).toMatchObject({
        __typename: 'TooManyRequestsError',
        scope: 'MOBILE',
      });
      for (const { code } of gateway.requests)
        expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    },
  );

  it('does not answer some requests, the others are not delayed', async () => {
    gateway.answer = (response, request) => (request.to.endsWith('1') ? silence : success)(response, request);
    const requests = Array.from({ length: 20 }, () => inTime(app.api.requestWithCaptcha(freshMobile())));
    const outcomes = await Promise.all(requests);
    expect(outcomes.filter(({ mayStillArrive }) => mayStillArrive === true)).toHaveLength(2);
    expect(outcomes.filter(({ __typename }) => __typename === 'SmsCodeSent')).toHaveLength(18);
  });
});

/** The daily limit ends at midnight, which may be any part of a day away. */
function expectRetryAfter(actual: unknown, expected: number): void {
  if (expected === ONE_DAY_SECONDS) expect(actual).toBeGreaterThan(0);
  else expect(actual).toBe(expected);
  expect(actual).toBeLessThanOrEqual(ONE_DAY_SECONDS);
}
