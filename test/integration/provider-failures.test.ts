// The gateway refuses, hangs, resets or talks nonsense while people ask for texts: what is answered, counted, given back
// and sent.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { counted } from '../support/keyspace.ts';
import { ASKED, CODE, TEXT, timed } from '../support/outages.ts';
import { TcpProxy } from '../support/tcp-proxy.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { type Answer, json, refusal, reset, silence, success, TestGateway } from '../support/test-gateway.ts';

const RESEND_GAP_SECONDS = 60;
const A_DAY_SECONDS = 24 * 60 * 60;

describe('while the gateway', () => {
  const gateway = new TestGateway();
  let wire: TcpProxy;
  let app: TestApp;
  beforeAll(async () => {
    wire = await TcpProxy.start(await gateway.start());
    app = await startTestApp({ gatewayUrl: wire.url, settings: { YUNTONGXUN_TIMEOUT_SECONDS: '0.5' } });
  });
  beforeEach(async () => {
    await wire.restore();
    gateway.answer = success;
    // In between a text that is answered, or the breaker would see five in a row that are not.
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    await app.redis.flushall();
    gateway.requests.length = 0;
  });
  afterAll(async () => {
    await app?.stop();
    await wire?.stop();
    await gateway.stop();
  });

  function answers(answer: Answer): () => void {
    return () => {
      gateway.answer = answer;
    };
  }

  async function mend(): Promise<void> {
    await wire.restore();
    gateway.answer = success;
  }

  it.each<[what: string, begin: () => unknown]>([
    ['accepts it', answers(success)],
    ['accepts it on HTTP 500', answers((response) => json(response, 500, accepted))],
  ])('%s, a text is sent and counted', async (_what, begin) => {
    const mobile = freshMobile();
    begin();
    expectType(await timed(app.api.requestWithCaptcha(mobile)), 'SmsCodeSent');
    expect(await counted(app.redis)).toEqual({ ...ASKED, ...TEXT, ...CODE });
    expect(gateway.requests).toHaveLength(1);
    expectType(await app.api.verifySmsCode(mobile, gateway.lastCode), 'MobileVerified');
  });

  it.each<[what: string, begin: () => unknown, taken: number, retryAfterSeconds: number]>([
    ['refuses connections', () => wire.refuseConnections(), 0, 10],
    ['refuses the number', answers(refusal('160042')), 1, 10],
    ['refuses the account', answers(refusal('111109')), 1, 10],
    ['refuses the template', answers(refusal('160032')), 1, 10],
    ['has no balance', answers(refusal('160014')), 1, 10],
    ['is busy', answers(refusal('160001')), 1, 10],
    ['refuses it on HTTP 500', answers(refusal('160042', 500)), 1, 10],
    ['has sent to the number just now', answers(refusal('160038')), 1, 60],
    ['sends no more to the number today', answers(refusal('160040')), 1, A_DAY_SECONDS],
  ])(
    '%s, a text was surely not sent: it is given back, its code is void, another try may follow at once',
    async (_what, begin, taken, retryAfterSeconds) => {
      const mobile = freshMobile();
      await begin();
      const outcome = await timed(app.api.requestWithCaptcha(mobile));
      expect(outcome).toMatchObject({ __typename: 'SmsSendFailedError', mayStillArrive: false });
      expectRetryAfter(outcome.retryAfterSeconds, retryAfterSeconds);
      expect(await counted(app.redis)).toEqual(ASKED);
      expect(gateway.requests).toHaveLength(taken);
      for (const { code } of gateway.requests)
        expectType(await app.api.verifySmsCode(mobile, code), 'SmsCodeExpiredError');

      await mend();
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    },
  );

  it.each<[what: string, begin: () => unknown, taken: number]>([
    ['hangs', answers(silence), 1],
    ['resets before it took the request', () => wire.resetConnections(), 0],
    ['resets after it took the request', answers(reset), 1],
    ['answers HTML', answers((response) => response.writeHead(502).end('<html>Bad Gateway</html>')), 1],
    ['answers half a body', () => wire.cutReplies(), 1],
    ['accepts it without an id', answers((response) => json(response, 200, { statusCode: '000000' })), 1],
    ['fails inside', answers(refusal('160050')), 1],
    ['lost its channel', answers(refusal('161021')), 1],
    ['has seen the request before', answers(refusal('160054')), 1],
    ['answers another question', answers(refusal('160047')), 1],
    ["answers with a code of the vendor's SDKs", answers(refusal('172001')), 1],
    ['answers with a code that nobody knows', answers(refusal('999999')), 1],
  ])(
    '%s, a text may still arrive: it stays counted, and its code works if it does',
    async (_what, begin, taken) => {
      const mobile = freshMobile();
      begin();
      expect(await timed(app.api.requestWithCaptcha(mobile))).toMatchObject({
        __typename: 'SmsSendFailedError',
        mayStillArrive: true,
        retryAfterSeconds: RESEND_GAP_SECONDS,
      });
      expect(await counted(app.redis)).toEqual({ ...ASKED, ...TEXT, ...CODE });
      expect(gateway.requests).toHaveLength(taken);

      await mend();
      expect(await app.api.requestWithCaptcha(mobile)).toMatchObject({
        __typename: 'TooManyRequestsError',
        scope: 'MOBILE',
      });
      for (const { code } of gateway.requests)
        expectType(await app.api.verifySmsCode(mobile, code), 'MobileVerified');
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    },
  );

  it('hangs for some, others are not held up', async () => {
    gateway.answer = (response, request) => (request.to.endsWith('1') ? silence : success)(response, request);
    const crowd = Array.from({ length: 20 }, () => timed(app.api.requestWithCaptcha(freshMobile())));
    const outcomes = await Promise.all(crowd);
    expect(outcomes.filter(({ mayStillArrive }) => mayStillArrive === true)).toHaveLength(2);
    expect(outcomes.filter(({ __typename }) => __typename === 'SmsCodeSent')).toHaveLength(18);
  });
});

const accepted = { statusCode: '000000', templateSMS: { smsMessageSid: '3f2c9d0a5b7e4c1d8e6f00112233aabb' } };

/** A day ends at some time of it. */
function expectRetryAfter(actual: unknown, expected: number): void {
  if (expected === A_DAY_SECONDS) expect(actual).toBeGreaterThan(0);
  else expect(actual).toBe(expected);
  expect(actual).toBeLessThanOrEqual(A_DAY_SECONDS);
}
