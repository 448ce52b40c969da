// A gateway that never answers: the circuit breaker opens, and the bulkhead bounds the requests that wait.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { expectType, freshMobile, type Outcome } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { metric, READY, READY_WITH_OPEN_CIRCUIT, readiness } from '../support/health.ts';
import { countEntries } from '../support/keyspace.ts';
import { REQUEST_COUNTS } from '../support/outages.ts';
import { type TestApp, usingTestApp } from '../support/test-app.ts';
import { holdAnswers, silence, success } from '../support/test-gateway.ts';
import { plantCaptcha } from '../support/verification.ts';

const RESET_TIMEOUT_MS = 10_000;
const CONNECTIONS = 2;
const MAX_IN_FLIGHT = 4 * CONNECTIONS;
const CALLERS = 1000;
/** For a machine with other load. */
const CALLERS_ANSWERED_WITHIN_MS = 30_000;

const NOT_SENT = { __typename: 'SmsSendFailedError', mayStillArrive: false };
const IN_FLIGHT = 'yanzheng_sms_in_flight{provider="yuntongxun"}';
const CIRCUIT_OPEN = 'yanzheng_sms_circuit_breaker{provider="yuntongxun",state="open"}';
const CIRCUIT_CLOSED = 'yanzheng_sms_circuit_breaker{provider="yuntongxun",state="closed"}';

describe('a gateway that never answers', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('opens the circuit after five SMS: the next ones fail at once, and count only against the address', async () => {
    await usingTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '1' } }, async (app) => {
      app.gateway.answer = silence;
      const outcomes = await requestAtOnce(app, 5);
      expect(outcomes).toHaveLength(5);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ mayStillArrive: true });
      expect(await readiness(app)).toEqual(READY_WITH_OPEN_CIRCUIT);
      expect([await metric(app, CIRCUIT_OPEN), await metric(app, CIRCUIT_CLOSED)]).toEqual([1, 0]);

      await app.redis.flushall();
      const mobile = freshMobile();
      const startedMs = performance.now();
      const failed = await app.api.requestWithCaptcha(mobile);
      expect(performance.now() - startedMs).toBeLessThan(1000);
      expect(failed).toMatchObject({ ...NOT_SENT, retryAfterSeconds: expect.any(Number) });
      expect(failed.retryAfterSeconds).toBeLessThanOrEqual(RESET_TIMEOUT_MS / 1000);
      expect(app.gateway.requests).toHaveLength(5);
      expect(await countEntries(app.redis)).toEqual(REQUEST_COUNTS);
      expect(await readiness(app)).toEqual(READY_WITH_OPEN_CIRCUIT);

      app.gateway.answer = success;
      advanceClock(RESET_TIMEOUT_MS);
      expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
      expect(await readiness(app)).toEqual(READY);
      expect([await metric(app, CIRCUIT_OPEN), await metric(app, CIRCUIT_CLOSED)]).toEqual([0, 1]);
    });
  });

  it('holds at most the bulkhead: of 1000 concurrent requests the others fail while those wait', async () => {
    const settings = { YUNTONGXUN_TIMEOUT_SECONDS: '30', YUNTONGXUN_CONNECTIONS: String(CONNECTIONS) };
    await usingTestApp({ settings }, async (app) => {
      const held = holdAnswers();
      app.gateway.answer = held.answer;
      const answered: Outcome[] = [];
      const all = requestAtOnce(app, CALLERS, (outcome) => answered.push(outcome));
      await eventually(async () => answered.length >= CALLERS - MAX_IN_FLIGHT, CALLERS_ANSWERED_WITHIN_MS);

      // So many callers may also exceed the time budget for Redis and PostgreSQL for a moment.
      const unavailable = answered.filter(({ __typename }) => __typename === 'ServiceUnavailableError');
      for (const outcome of answered)
        if (!unavailable.includes(outcome))
          expect(outcome).toMatchObject({ ...NOT_SENT, retryAfterSeconds: 5 });
      expect(unavailable.length).toBeLessThan(CALLERS / 2);
      expect(answered).toHaveLength(CALLERS - MAX_IN_FLIGHT);
      expect(await metric(app, IN_FLIGHT)).toBe(MAX_IN_FLIGHT);
      expect(app.gateway.requests).toHaveLength(CONNECTIONS);
      const reserved = Number((await countEntries(app.redis))['ratelimit:range:hour']);
      expect(reserved).toBeGreaterThanOrEqual(MAX_IN_FLIGHT);
      expect(reserved).toBeLessThanOrEqual(MAX_IN_FLIGHT + unavailable.length);

      held.release();
      const sent = (await all).filter(({ __typename }) => __typename === 'SmsCodeSent');
      expect(sent).toHaveLength(MAX_IN_FLIGHT);
      expect(await metric(app, IN_FLIGHT)).toBe(0);
    });
  }, 60_000);
});

/** So many concurrent requests, each for another mobile with another captcha. */
async function requestAtOnce(
  app: TestApp,
  callers: number,
  onOutcome: (outcome: Outcome) => void = () => {},
): Promise<Outcome[]> {
  const captchas = await Promise.all(Array.from({ length: callers }, () => plantCaptcha(app)));
  return Promise.all(
    captchas.map(async (captcha) => {
      const outcome = await app.api.requestSmsCode({ mobile: freshMobile(), ...captcha });
      onOutcome(outcome);
      return outcome;
    }),
  );
}

function advanceClock(milliseconds: number): void {
  const now = Date.now;
  jest.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds);
}
