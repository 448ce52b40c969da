// Several providers: failover in the running service, over real HTTP.

import { beforeEach, describe, expect, it } from '@jest/globals';
import { expectType, freshMobile } from '../support/api.ts';
import { events, logLines } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { metric } from '../support/health.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';
import { withTestApp } from '../support/test-app.ts';
import { type Answer, rejection, reset, silence, success } from '../support/test-gateway.ts';
import { masked } from '../support/verification.ts';

const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const ACCEPTED = answerWith({ outcome: 'accepted', messageId: 'own-gateway-1' });

describe('SMS_PROVIDER=yuntongxun,webhook', () => {
  const webhook = new StubProvider();
  const app = withTestApp(async (onStop) => {
    const url = await webhook.start();
    onStop(() => webhook.stop());
    return {
      settings: {
        SMS_PROVIDER: 'yuntongxun,webhook',
        SMS_WEBHOOK_URL: url,
        SMS_WEBHOOK_SECRET: WEBHOOK_SECRET,
        YUNTONGXUN_TIMEOUT_SECONDS: '2',
        SMS_WEBHOOK_TIMEOUT_SECONDS: '2',
        SMS_RESEND_GAP_SECONDS: '0',
      },
    };
  });
  beforeEach(() => {
    webhook.requests.length = 0;
    webhook.answer = ACCEPTED;
  });

  it.each<[string, Answer, number]>([
    ['has a fault of the account', rejection('160014'), 1],
    ['does not accept the template', rejection('160032'), 1],
    ['is busy', rejection('160001'), 1],
    ['rejects the number', rejection('160034'), 0],
    ['has a limit for the number', rejection('160038'), 0],
    ['does not answer', silence, 0],
    ['closes the connection after the request', reset, 0],
    ['answers with a code that does not tell', rejection('160050'), 0],
    ['accepts the SMS', success, 0],
  ])('when the first provider %s, the second one gets its share', async (_what, answer, ofSecond) => {
    app.gateway.answer = answer;
    const outcome = await app.api.requestWithCaptcha(freshMobile());
    expect(app.gateway.requests).toHaveLength(1);
    expect(webhook.requests).toHaveLength(ofSecond);
    if (ofSecond === 1) expectType(outcome, 'SmsCodeSent');
  });

  it('sends the same code, and names both attempts after one delivery', async () => {
    app.gateway.answer = rejection('160014');
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    const sent = JSON.parse(webhook.requests[0]?.body ?? '{}');
    const reqId = String(app.gateway.requests[0]?.body.reqId);
    expect(sent).toEqual({
      type: 'code.send',
      id: `${reqId.slice(0, 30)}02`,
      to: `+86${mobile}`,
      channel: 'sms',
      code: app.gateway.lastCode,
      validForMinutes: 5,
      purpose: 'REGISTER',
    });
    expect(reqId).toMatch(/^[0-9a-f]{30}01$/);
    expect(webhook.requests[0]?.headers['webhook-id']).toBe(sent.id);
    expectType(await app.api.verifySmsCode(mobile, sent.code), 'MobileVerified');
    expect(events(app).filter(({ event }) => ['sms_failover', 'code_sent'].includes(String(event)))).toEqual([
      expect.objectContaining({
        event: 'sms_failover',
        provider: 'yuntongxun',
        cause: 'account',
        mobile: masked(mobile),
        delivery: reqId.slice(0, 30),
      }),
      expect.objectContaining({ event: 'code_sent', provider: 'webhook', messageId: 'own-gateway-1' }),
    ]);
  });

  it('reports that no SMS was sent when all providers have rejected it, and releases what it used', async () => {
    app.gateway.answer = rejection('160014');
    webhook.answer = answerWith({ outcome: 'rejected', reason: 'provider', retryAfterSeconds: 3 });
    const mobile = freshMobile();
    expect(await app.api.requestWithCaptcha(mobile)).toMatchObject({
      __typename: 'SmsSendFailedError',
      mayStillArrive: false,
      retryAfterSeconds: 3,
    });
    webhook.answer = ACCEPTED;
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
  });

  it('lets the other provider send first when the person asks again, with the same code', async () => {
    const mobile = freshMobile();
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expectType(await app.api.requestWithCaptcha(mobile), 'SmsCodeSent');
    expect(app.gateway.requests).toHaveLength(2);
    expect(webhook.requests.map(({ body }) => JSON.parse(body).code)).toEqual([app.gateway.lastCode]);
  });

  it('sends one SMS for 20 concurrent equal requests, through one provider', async () => {
    app.gateway.answer = rejection('160001');
    const request = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => app.api.requestSmsCode(request)));
    for (const outcome of outcomes) expectType(outcome, 'SmsCodeSent');
    expect([app.gateway.requests.length, webhook.requests.length]).toEqual([1, 1]);
  });

  it('tells the operator about a fault of an account: a log line, a metric and a state, until the provider accepts again', async () => {
    app.gateway.answer = rejection('111139');
    for (let request = 0; request < 3; request += 1)
      expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const faults = logLines(app).filter(
      ({ msg }) => msg === 'the SMS provider requires an action of the operator',
    );
    expect(faults).toEqual([
      expect.objectContaining({
        level: 'error',
        provider: 'yuntongxun',
        fault: 'account_suspended',
        reason: expect.stringMatching(/^111139/),
        advice: expect.stringContaining('suspended'),
      }),
    ]);
    const readyz = async () => (await fetch(`${app.url}/readyz`)).json();
    expect(await readyz()).toMatchObject({ sms_provider_faults: { yuntongxun: 'account_suspended' } });
    expect(await metric(app, 'yanzheng_sms_provider_faulty{provider="yuntongxun"}')).toBe(1);

    app.gateway.answer = success;
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    expect(await readyz()).not.toHaveProperty('sms_provider_faults');
    expect(await metric(app, 'yanzheng_sms_provider_faulty{provider="yuntongxun"}')).toBe(0);
  });

  it('records what each provider did for the command of the operator', async () => {
    app.gateway.answer = rejection('160014');
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    await eventually(async () => (await app.redis.exists('yz:provider:yuntongxun')) === 1);
    expect(await app.redis.hgetall('yz:provider:yuntongxun')).toMatchObject({ circuit: 'closed' });
  });
});
