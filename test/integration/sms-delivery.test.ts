// smsDelivery, delivery reports over HTTP, and test mobiles, in the running service.

import { describe, expect, it } from '@jest/globals';
import { webhookHeaders, webhookKey } from '../../src/sms/providers/webhook/standard-webhooks.ts';
import { freshMobile, type Outcome } from '../support/api.ts';
import { events, logLines, logText } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { metric } from '../support/health.ts';
import { dump } from '../support/keyspace.ts';
import { answerWith, StubProvider } from '../support/stub-provider.ts';
import { type TestApp, usingTestApp, withTestApp } from '../support/test-app.ts';
import { acceptedBody, json, rejection, silence } from '../support/test-gateway.ts';

const REPORT_SECRET = 'report-secret-of-the-tests';
const WEBHOOK_SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const REQUEST = `mutation ($input: RequestSmsCodeInput!) { requestSmsCode(input: $input) {
  __typename ... on SmsCodeSent { deliveryId } } }`;
const DELIVERY = `query ($id: ID!) { smsDelivery(id: $id) {
  __typename
  ... on SmsDelivery { id status updatedAt }
  ... on UserError { message }
  ... on RetryableError { retryAfterSeconds }
} }`;

let lastMessage = 0;

/** Requests an SMS. The provider's id of the message is a new one. */
async function send(
  app: TestApp,
  mobile = freshMobile(),
  captcha?: { captchaId: string; captchaAnswer: string },
) {
  lastMessage += 1;
  const messageId = `3f2c9d0a5b7e4c1d8e6f${String(lastMessage).padStart(12, '0')}`;
  app.gateway.answer = (response) => json(response, 200, acceptedBody(messageId));
  const input = { mobile, ...(captcha ?? (await app.api.readCaptcha())) };
  const { requestSmsCode } = await app.api.ask(REQUEST, { input });
  const attemptId = String(app.gateway.requests.at(-1)?.body.reqId);
  return { mobile, messageId, attemptId, deliveryId: String(requestSmsCode?.deliveryId) };
}

async function ask(app: TestApp, id: string): Promise<Outcome> {
  return (await app.api.ask(DELIVERY, { id })).smsDelivery as Outcome;
}
const statusOf = async (app: TestApp, id: string) => (await ask(app, id)).status;

const PATH = `/webhooks/yuntongxun/${REPORT_SECRET}`;

function post(
  app: TestApp,
  body: string,
  path = PATH,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(app.url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/** A report of Yuntongxun. */
function report(fields: Record<string, string>): string {
  const facts = { action: 'SMSArrived', smsType: '1', status: '0', deliverCode: 'DELIVRD', ...fields };
  return JSON.stringify({ Request: facts });
}

describe('smsDelivery', () => {
  const app = withTestApp({ settings: { YUNTONGXUN_REPORT_SECRET: REPORT_SECRET } });

  it('is ACCEPTED after the provider has accepted the SMS, and has the id of the response', async () => {
    const { deliveryId } = await send(app);
    expect(deliveryId).toMatch(/^[\w-]{22}$/);
    expect(await ask(app, deliveryId)).toEqual({
      __typename: 'SmsDelivery',
      id: deliveryId,
      status: 'ACCEPTED',
      updatedAt: expect.stringMatching(/^20\d\d-.*Z$/),
    });
  });

  it('has the id of the original request for a replay', async () => {
    const [mobile, captcha] = [freshMobile(), await app.api.readCaptcha()];
    const first = await send(app, mobile, captcha);
    const replay = await send(app, mobile, captcha);
    expect(replay.deliveryId).toBe(first.deliveryId);
  });

  it.each([
    ['our id', ({ attemptId }: Sent) => ({ reqId: attemptId })],
    ['the id of the platform', ({ messageId }: Sent) => ({ content: messageId })],
    [
      'both, and the mobile',
      ({ attemptId, messageId, mobile }: Sent) => ({ reqId: attemptId, content: messageId, fromNum: mobile }),
    ],
  ])('is DELIVERED after a report with %s', async (_what, idsOf) => {
    const sent = await send(app);
    const response = await post(app, report(idsOf(sent)));
    expect([response.status, await response.text()]).toEqual([200, '{"statuscode":"000000"}']);
    expect(await statusOf(app, sent.deliveryId)).toBe('DELIVERED');
  });

  it('is DELIVERED after a report as XML', async () => {
    const { attemptId, deliveryId } = await send(app);
    const body = `<?xml version="1.0"?><Request><action>SMSArrived</action><smsType>1</smsType><status>0</status><reqId>${attemptId}</reqId></Request>`;
    const response = await post(app, body, PATH, { 'content-type': 'application/xml' });
    expect(response.headers.get('content-type')).toContain('xml');
    expect(await statusOf(app, deliveryId)).toBe('DELIVERED');
  });

  it('is UNDELIVERED after a report says so, and stays so after repeated and contrary reports', async () => {
    const { attemptId, deliveryId } = await send(app);
    const undelivered = report({ reqId: attemptId, status: '1', deliverCode: 'UNDELIV' });
    for (const body of [undelivered, undelivered, report({ reqId: attemptId })]) {
      expect((await post(app, body)).status).toBe(200);
      expect(await statusOf(app, deliveryId)).toBe('UNDELIVERED');
    }
    expect(events(app).filter(({ event }) => event === 'sms_reported')).toEqual([
      expect.objectContaining({ result: 'applied', reportCode: 'UNDELIV', cause: 'recipient_unreachable' }),
      expect.objectContaining({ result: 'repeated' }),
      expect.objectContaining({ result: 'repeated' }),
    ]);
  });

  it('is DELIVERED once the code is verified, whatever a report has said', async () => {
    const { mobile, attemptId, deliveryId } = await send(app);
    await post(app, report({ reqId: attemptId, status: '1', deliverCode: 'UNDELIV' }));
    await app.api.verifySmsCode(mobile, app.gateway.lastCode);
    expect(await statusOf(app, deliveryId)).toBe('DELIVERED');
  });

  it('applies a report that arrives before the answer to the send', async () => {
    let reported: Promise<Response> | undefined;
    const messageId = '3f2c9d0a5b7e4c1d8e6f00000000ffff';
    app.gateway.answer = async (response) => {
      reported = post(app, report({ content: messageId }));
      await reported;
      json(response, 200, acceptedBody(messageId));
    };
    const input = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
    const { requestSmsCode } = await app.api.ask(REQUEST, { input });
    expect((await reported)?.status).toBe(200);
    expect(await statusOf(app, String(requestSmsCode?.deliveryId))).toBe('DELIVERED');
  });

  it('ignores a report about an unknown id, another mobile or a rejected SMS', async () => {
    const { attemptId, deliveryId } = await send(app);
    expect((await post(app, report({ reqId: '0'.repeat(32) }))).status).toBe(200);
    expect((await post(app, report({ reqId: attemptId, fromNum: freshMobile() }))).status).toBe(200);
    expect(await statusOf(app, deliveryId)).toBe('ACCEPTED');

    app.gateway.answer = rejection('160042');
    await app.api.requestWithCaptcha(freshMobile());
    await post(app, report({ reqId: String(app.gateway.requests.at(-1)?.body.reqId) }));
    const results = events(app).filter(({ event }) => event === 'sms_reported');
    expect(results.map(({ result }) => result)).toEqual(['unknown_id', 'other_mobile', 'rejected_attempt']);
    const errors = logLines(app).filter(({ level }) => level === 'error');
    expect(errors).toEqual([
      expect.objectContaining({ msg: 'the SMS provider reports an SMS that it had rejected' }),
    ]);
  });

  it('releases nothing and verifies nothing because of a report', async () => {
    const { mobile, attemptId } = await send(app);
    await post(app, report({ reqId: attemptId, status: '1', deliverCode: 'UNDELIV' }));
    expect((await app.api.requestWithCaptcha(mobile)).__typename).toBe('TooManyRequestsError');
    const correct = await app.api.verifySmsCode(mobile, app.gateway.lastCode);
    expect(correct.__typename).toBe('MobileVerified');
  });

  it.each(['AAAAAAAAAAAAAAAAAAAAAA', '', '0', 'x'.repeat(5000), '💥'])(
    'does not know the id %#',
    async (id) => {
      expect(await ask(app, id)).toEqual({
        __typename: 'SmsDeliveryNotFoundError',
        message: 'Nothing is known about this SMS.',
      });
    },
  );

  it('keeps the id of the client out of the log, the provider and, after the replays, Redis', async () => {
    const { deliveryId } = await send(app);
    await ask(app, deliveryId);
    expect(logText(app)).not.toContain(deliveryId);
    expect(JSON.stringify(app.gateway.requests.at(-1)?.body)).not.toContain(deliveryId);
    await app.redis.del(await app.redis.keys('yz:*:idempotency:*'));
    expect(await dump(app.redis)).not.toContain(deliveryId);
  });

  it('measures the delivery', async () => {
    const before = await metric(app, 'yanzheng_sms_reports_total{provider="yuntongxun",result="delivered"}');
    const { attemptId } = await send(app);
    await post(app, report({ reqId: attemptId }));
    expect(await metric(app, 'yanzheng_sms_reports_total{provider="yuntongxun",result="delivered"}')).toBe(
      before + 1,
    );
    expect(await metric(app, 'yanzheng_sms_delivery_seconds_count{provider="yuntongxun"}')).toBeGreaterThan(
      0,
    );
  });
});

type Sent = Awaited<ReturnType<typeof send>>;

describe('the paths of reports', () => {
  const webhook = new StubProvider();
  const app = withTestApp(async (onStop) => {
    const url = await webhook.start();
    onStop(() => webhook.stop());
    webhook.answer = answerWith({ outcome: 'accepted', messageId: 'own-1' });
    return {
      settings: {
        SMS_PROVIDER: 'webhook,yuntongxun',
        SMS_WEBHOOK_URL: url,
        SMS_WEBHOOK_SECRET: WEBHOOK_SECRET,
        YUNTONGXUN_REPORT_SECRET: REPORT_SECRET,
      },
    };
  });

  it.each([
    '/webhooks/yuntongxun',
    '/webhooks/yuntongxun/',
    '/webhooks/yuntongxun/wrong-secret-of-the-tests',
    `/webhooks/yuntongxun/${REPORT_SECRET}x`,
    `/webhooks/yuntongxun/${REPORT_SECRET.slice(0, -1)}x`,
    `/webhooks/tencent/${REPORT_SECRET}`,
    `/webhooks/webhook/${REPORT_SECRET}`,
    `/webhooks/unknown/${REPORT_SECRET}`,
  ])('answer %s like any unknown path, also for a large body', async (path) => {
    for (const body of ['{}', 'x'.repeat(300_000)]) {
      const unknown = await post(app, body, '/no-such-path');
      const response = await post(app, body, path);
      expect([response.status, await response.text()]).toEqual([
        404,
        '{"errors":[{"message":"Not found","extensions":{}}]}',
      ]);
      expect([...response.headers.keys()]).toEqual([...unknown.headers.keys()]);
    }
    expect((await fetch(app.url + path)).status).toBe(404);
  });

  it('reject a body that is no report, and one above the limit', async () => {
    expect((await post(app, '{}')).status).toBe(400);
    expect((await post(app, '')).status).toBe(400);
    expect((await post(app, '<html>')).status).toBe(400);
    expect((await post(app, ' '.repeat(262_145))).status).toBe(413);
    const padded = `${' '.repeat(250_000)}${report({ reqId: '0'.repeat(32) })}`;
    expect((await post(app, padded)).status).toBe(200);
  });

  it('are acknowledged within 100 ms, as most of 200 reports show', async () => {
    const durationsMs: number[] = [];
    for (let count = 0; count < 200; count += 1) {
      const startedMs = performance.now();
      await post(app, report({ reqId: String(count).padStart(32, '0') }));
      durationsMs.push(performance.now() - startedMs);
    }
    // Not the slowest: other suites run beside this one.
    expect(durationsMs.sort((a, b) => a - b)[180]).toBeLessThan(100);
  });

  it('accept signed reports only with their signature, and never write a secret to the log', async () => {
    const key = webhookKey(WEBHOOK_SECRET) as Buffer;
    const input = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
    const { requestSmsCode } = await app.api.ask(REQUEST, { input });
    const id = String(webhook.requests.at(-1)?.headers['webhook-id']);
    const body = JSON.stringify({ type: 'code.report', id, status: 'delivered' });
    const signed = (timestampSeconds: number, signedBody = body) =>
      webhookHeaders({ id: 'msg_1', timestampSeconds, body: signedBody }, key);
    const now = Math.floor(Date.now() / 1000);
    const reportWith = async (headers: Record<string, string>) =>
      (await post(app, body, '/webhooks/webhook', headers)).status;
    expect(await reportWith({})).toBe(401);
    expect(await reportWith(signed(now, '{}'))).toBe(401);
    expect(await reportWith(signed(now - 400))).toBe(401);
    expect(await statusOf(app, String(requestSmsCode?.deliveryId))).toBe('ACCEPTED');
    expect(await reportWith(signed(now))).toBe(200);
    expect(await statusOf(app, String(requestSmsCode?.deliveryId))).toBe('DELIVERED');
    await post(app, report({ reqId: '0'.repeat(32) }));
    expect(app.log.join('')).not.toContain(REPORT_SECRET);
    expect(app.log.join('')).not.toContain(WEBHOOK_SECRET.slice(6));
  });
});

describe('smsDelivery with SMS_PROVIDER=simulated', () => {
  const app = withTestApp({
    settings: { SMS_PROVIDER: 'simulated', SMS_DELIVERY_QUERIES_PER_ADDRESS_PER_MINUTE: '100000' },
  });

  it.each([
    ['1380000 8000', 'DELIVERED'],
    ['1380000 0005', 'UNDELIVERED'],
    ['1380000 0011', 'ACCEPTED'],
  ])('for %s becomes %s: the simulator reports in the same process', async (mobile, status) => {
    const input = { mobile, ...(await app.api.readCaptcha()) };
    const { requestSmsCode } = await app.api.ask(REQUEST, { input });
    const id = String(requestSmsCode?.deliveryId);
    expect(await statusOf(app, id)).toBe('ACCEPTED');
    await eventually(async () => (await statusOf(app, id)) === status);
  });

  it('has no path for reports from outside', async () => {
    expect((await post(app, '{}', '/webhooks/simulated')).status).toBe(404);
    expect((await post(app, '{}', '/webhooks/simulated/undefined')).status).toBe(404);
  });
});

describe('the limit of smsDelivery', () => {
  it('is 60 queries a minute for an address, and says when to ask again', async () => {
    await usingTestApp({}, async (app) => {
      const outcomes = await Promise.all(
        Array.from({ length: 80 }, () => ask(app, 'AAAAAAAAAAAAAAAAAAAAAA')),
      );
      const limited = outcomes.filter(({ __typename }) => __typename === 'TooManyRequestsError');
      expect(limited).toHaveLength(20);
      for (const { retryAfterSeconds } of limited) {
        expect(retryAfterSeconds).toBeGreaterThan(0);
        expect(retryAfterSeconds).toBeLessThanOrEqual(60);
      }
    });
  });
});

describe('smsDelivery with ENUMERATION=conceal', () => {
  const app = withTestApp({
    settings: {
      ENUMERATION: 'conceal',
      YUNTONGXUN_REPORT_SECRET: REPORT_SECRET,
      YUNTONGXUN_TIMEOUT_SECONDS: '0.5',
    },
  });

  it('is ACCEPTED at the time of the request, whether the SMS was delivered, rejected, unknown or suppressed', async () => {
    const delivered = await send(app);
    const login = { ...(await app.api.readCaptcha()), mobile: freshMobile(), purpose: 'LOGIN' };
    const { requestSmsCode: suppressed } = await app.api.ask(REQUEST, { input: login });
    await post(app, report({ reqId: delivered.attemptId }));
    const others: string[] = [];
    for (const answer of [rejection('160034'), silence]) {
      app.gateway.answer = answer;
      const input = { mobile: freshMobile(), ...(await app.api.readCaptcha()) };
      const { requestSmsCode } = await app.api.ask(REQUEST, { input });
      others.push(String(requestSmsCode?.deliveryId));
    }
    for (const id of [delivered.deliveryId, String(suppressed?.deliveryId), ...others]) {
      const first = await ask(app, id);
      expect(first).toEqual({
        __typename: 'SmsDelivery',
        id,
        status: 'ACCEPTED',
        updatedAt: expect.any(String),
      });
      expect(await ask(app, id)).toEqual(first);
    }
  });
});

describe('TEST_MOBILES', () => {
  const [mobile, other] = ['13911112222', '13911113333'];
  const app = withTestApp({ settings: { TEST_MOBILES: `${mobile}:246810` } });

  it('get no SMS, cost nothing, and have their code', async () => {
    const leasedBefore = await metric(app, 'yanzheng_sms_leased_today');
    const { deliveryId } = await send(app, mobile);
    expect(app.gateway.requests).toEqual([]);
    expect(await statusOf(app, deliveryId)).toBe('DELIVERED');
    expect((await app.api.verifySmsCode(mobile, '246811')).__typename).toBe('SmsCodeMismatchError');
    expect((await app.api.verifySmsCode(mobile, '246810')).__typename).toBe('MobileVerified');
    expect((await app.api.verifySmsCode(mobile, '246810')).__typename).toBe('SmsCodeExpiredError');
    expect(await metric(app, 'yanzheng_sms_leased_today')).toBe(leasedBefore);
    expect(events(app).filter(({ event }) => event === 'test_mobile_used')).toEqual([
      expect.objectContaining({ operation: 'requestSmsCode' }),
      expect.objectContaining({ operation: 'verifySmsCode' }),
    ]);
    expect(app.log.join('')).not.toContain('246810');
  });

  it('obey every rate limit, and have no code before they request one', async () => {
    expect((await app.api.requestWithCaptcha(mobile)).__typename).toBe('TooManyRequestsError');
    expect((await app.api.verifySmsCode(other, '246810')).__typename).toBe('SmsCodeExpiredError');
  });

  it('leave other mobiles as they are', async () => {
    await send(app, other);
    expect(app.gateway.requests).toHaveLength(1);
    expect((await app.api.verifySmsCode(other, '246810')).__typename).toBe('SmsCodeMismatchError');
  });
});
