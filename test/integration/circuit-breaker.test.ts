// A gateway that hangs: after five texts it is left alone, and a crowd that waits for it is bounded.

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { expectType, freshMobile, type Outcome } from '../support/api.ts';
import { eventually } from '../support/eventually.ts';
import { counted } from '../support/keyspace.ts';
import { ASKED, metric, readiness, ready } from '../support/outages.ts';
import { startTestApp, type TestApp } from '../support/test-app.ts';
import { silence, success } from '../support/test-gateway.ts';

const REST_MS = 10_000;
const CONNECTIONS = 2;
const MOST_UNDER_WAY = 4 * CONNECTIONS;
const CROWD = 1000;
/** On a machine with much else to do. */
const CROWD_TAKES_MS = 30_000;

const restingState = [200, { status: 'ready', redis: 'up', postgresql: 'up', sms_gateway: 'open' }];
const surelyNotSent = { __typename: 'SmsSendFailedError', mayStillArrive: false };

describe('a gateway that hangs', () => {
  let app: TestApp;
  afterEach(async () => {
    jest.restoreAllMocks();
    await app?.stop();
  });

  it('is left alone after five texts: the next are answered at once, and cost nobody an allowance', async () => {
    app = await startTestApp({ settings: { YUNTONGXUN_TIMEOUT_SECONDS: '1' } });
    app.gateway.answer = silence;
    for (const outcome of await ask(5)) expect(outcome).toMatchObject({ mayStillArrive: true });
    expect(await readiness(app)).toEqual(restingState);
    expect(await metric(app, 'yanzheng_sms_breaker_open')).toBe(1);

    await app.redis.flushall();
    const mobile = freshMobile();
    const startedMs = performance.now();
    const refused = await app.api.requestWithCaptcha(mobile);
    expect(performance.now() - startedMs).toBeLessThan(1000);
    expect(refused).toMatchObject({ ...surelyNotSent, retryAfterSeconds: expect.any(Number) });
    expect(refused.retryAfterSeconds).toBeLessThanOrEqual(REST_MS / 1000);
    expect(app.gateway.requests).toHaveLength(5);
    expect(await counted(app.redis)).toEqual(ASKED);
    expect(await readiness(app)).toEqual(restingState);

    app.gateway.answer = success;
    pass(REST_MS);
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expect(await readiness(app)).toEqual(ready);
    expect(await metric(app, 'yanzheng_sms_breaker_open')).toBe(0);
  });

  it('holds up no more than its places: of 1000 at once the rest is answered while they wait', async () => {
    app = await startTestApp({
      settings: { YUNTONGXUN_TIMEOUT_SECONDS: '30', YUNTONGXUN_CONNECTIONS: String(CONNECTIONS) },
    });
    const held: (() => void)[] = [];
    app.gateway.answer = (response, request) => held.push(() => success(response, request));
    const answered: Outcome[] = [];
    const everybody = ask(CROWD, (outcome) => answered.push(outcome));
    await eventually(async () => answered.length >= CROWD - MOST_UNDER_WAY, CROWD_TAKES_MS);

    // A crowd may also be too much for the stores for a moment.
    const unavailable = answered.filter(({ __typename }) => __typename === 'ServiceUnavailableError');
    for (const outcome of answered)
      if (!unavailable.includes(outcome))
        expect(outcome).toMatchObject({ ...surelyNotSent, retryAfterSeconds: 5 });
    expect(unavailable.length).toBeLessThan(CROWD / 2);
    expect(answered).toHaveLength(CROWD - MOST_UNDER_WAY);
    expect(await metric(app, 'yanzheng_sms_under_way')).toBe(MOST_UNDER_WAY);
    expect(app.gateway.requests).toHaveLength(CONNECTIONS);
    const texts = Number((await counted(app.redis))['allowance:service:day']);
    expect(texts).toBeGreaterThanOrEqual(MOST_UNDER_WAY);
    expect(texts).toBeLessThanOrEqual(MOST_UNDER_WAY + unavailable.length);

    app.gateway.answer = success;
    for (const release of held) release();
    const sent = (await everybody).filter(({ __typename }) => __typename === 'SmsCodeSent');
    expect(sent).toHaveLength(MOST_UNDER_WAY);
    expect(await metric(app, 'yanzheng_sms_under_way')).toBe(0);
  }, 60_000);

  /** So many people at once, each with a captcha of their own. */
  async function ask(people: number, onOutcome: (outcome: Outcome) => void = () => {}): Promise<Outcome[]> {
    const requests = Array.from({ length: people }, (_, index) => ({
      mobile: freshMobile(),
      captchaId: `of-person-${index}`,
      captchaAnswer: 'ACDE',
    }));
    await Promise.all(
      requests.map(({ captchaId, captchaAnswer }) =>
        app.redis.set(`captcha:${captchaId}`, captchaAnswer, 'EX', 180),
      ),
    );
    return Promise.all(
      requests.map(async (request) => {
        const outcome = await app.api.requestSmsCode(request);
        onOutcome(outcome);
        return outcome;
      }),
    );
  }

  /** So much time goes by for the program. */
  function pass(milliseconds: number): void {
    const now = Date.now;
    jest.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds);
  }
});
