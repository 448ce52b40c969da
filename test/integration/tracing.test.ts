// Traces: one span for each operation with its calls below, the trace of the caller, and no secret in any of them.

import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { createTracing } from '../../src/observability/open-telemetry.ts';
import { expectType, freshMobile } from '../support/api.ts';
import { logLines } from '../support/audit-log.ts';
import { eventually } from '../support/eventually.ts';
import { usingTestApp, withTestApp } from '../support/test-app.ts';
import { rejection, silence, success } from '../support/test-gateway.ts';
import { ACCOUNT, CODE_SECRET } from '../support/test-settings.ts';

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const REPORT_SECRET = 'report-secret-of-the-tests';

describe('traces', () => {
  const exporter = new InMemorySpanExporter();
  const tracing = createTracing({
    serviceName: 'yanzheng',
    sampledShare: 1,
    version: '1.2.3',
    exporter,
    processor: new SimpleSpanProcessor({ exporter }),
  });
  const app = withTestApp({
    tracing,
    settings: { YUNTONGXUN_REPORT_SECRET: REPORT_SECRET, YUNTONGXUN_TIMEOUT_SECONDS: '1' },
  });
  afterAll(() => tracing.stop());
  beforeEach(() => exporter.reset());

  const spans = () => exporter.getFinishedSpans();
  const operation = (name: string) => spans().find((span) => span.name === name) as ReadableSpan;
  const below = (parent: ReadableSpan) =>
    spans().filter((span) => span.parentSpanContext?.spanId === parent.spanContext().spanId);

  it('have a span for each operation, with its calls of Redis, PostgreSQL and the provider below', async () => {
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsCodeSent');
    const request = operation('mutation requestSmsCode');
    expect(request.attributes).toEqual({
      'graphql.operation.type': 'mutation',
      'graphql.operation.name': 'requestSmsCode',
      'yanzheng.request_id': expect.stringMatching(/^[\w-]{16}$/),
      'yanzheng.outcome': 'SmsCodeSent',
    });
    const names = below(request).map(({ name }) => name);
    expect(new Set(names)).toEqual(new Set(['redis', 'postgresql', 'send SMS']));
    const send = below(request).find(({ name }) => name === 'send SMS');
    expect(send?.attributes).toEqual({
      'yanzheng.sms.provider': 'yuntongxun',
      'yanzheng.outcome': 'accepted',
    });
    expect(operation('query imageCaptcha').resource.attributes).toMatchObject({
      'service.name': 'yanzheng',
      'service.version': '1.2.3',
    });
  });

  it('continue the trace of the caller, and every log line of the request has its id', async () => {
    app.log.length = 0;
    await app.api.imageCaptcha({ traceparent });
    expect(operation('query imageCaptcha').spanContext().traceId).toBe(TRACE_ID);
    const lines = logLines(app);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line).toMatchObject({ trace_id: TRACE_ID });
  });

  it.each(['', 'x', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, `${traceparent}\u00e9`.slice(0, 40)])(
    'start with an id of their own for the invalid header %j',
    async (header) => {
      await app.api.imageCaptcha({ traceparent: header });
      expect(operation('query imageCaptcha').spanContext().traceId).toMatch(/^(?!0{32})[0-9a-f]{32}$/);
      expect(operation('query imageCaptcha').spanContext().traceId).not.toBe(TRACE_ID);
    },
  );

  it('show a provider that does not answer as failed', async () => {
    app.gateway.answer = silence;
    expectType(await app.api.requestWithCaptcha(freshMobile()), 'SmsSendFailedError');
    const send = operation('send SMS');
    expect(send.attributes).toMatchObject({ 'yanzheng.outcome': 'unknown', 'error.type': 'unreachable' });
    expect(send.status).toEqual({ code: 2 });
  });

  it('contain no mobile, code, captcha, token, account or secret, after every operation and every failure', async () => {
    const mobile = freshMobile();
    const captcha = await app.api.readCaptcha();
    expectType(await app.api.requestSmsCode({ mobile, ...captcha }), 'SmsCodeSent');
    const { lastCode } = app.gateway;
    await app.api.verifySmsCode(mobile, 'wrong');
    const { verificationToken } = expectType(await app.api.verifySmsCode(mobile, lastCode), 'MobileVerified');
    expectType(await app.api.registerUser(verificationToken), 'UserRegistered');
    await app.api.registerUser('not a token');
    await app.api.ask('query ($id: ID!) { smsDelivery(id: $id) { __typename } }', {
      id: 'an-id-of-a-delivery',
    });
    app.gateway.answer = rejection('160014');
    await app.api.requestWithCaptcha(freshMobile());
    app.gateway.answer = success;
    const report = JSON.stringify({
      Request: { action: 'SMSArrived', smsType: '1', status: '0', fromNum: mobile },
    });
    await fetch(`${app.url}/webhooks/yuntongxun/${REPORT_SECRET}`, { method: 'POST', body: report });
    await eventually(async () => spans().length > 20);

    const exported = JSON.stringify(
      spans().map(({ name, attributes, events, links, status, resource }) => ({
        name,
        attributes,
        events,
        links,
        status,
        resource: resource.attributes,
      })),
    );
    for (const secret of [
      mobile,
      mobile.slice(3),
      lastCode,
      captcha.captchaId,
      captcha.captchaAnswer,
      String(verificationToken),
      'an-id-of-a-delivery',
      ...Object.values(ACCOUNT),
      CODE_SECRET,
      REPORT_SECRET,
      'sig=',
    ])
      expect(exported).not.toContain(secret);
    for (const { events, links } of spans()) expect([events, links]).toEqual([[], []]);
  });

  it('lose every attribute, event and message that is not allowed, before the export', async () => {
    const secret = '13800138000';
    const attributes = { 'http.url': `/x?sig=${secret}`, 'yanzheng.outcome': 'fine' };
    await tracing.run({ name: 'leak', kind: 'client', attributes }, async (end) => end({ mobile: secret }));
    const failing = tracing.run({ name: 'fail', kind: 'client' }, () =>
      Promise.reject(new TypeError(secret)),
    );
    await expect(failing).rejects.toThrow();
    expect(operation('leak').attributes).toEqual({ 'yanzheng.outcome': 'fine' });
    expect(operation('fail')).toMatchObject({
      attributes: { 'error.type': 'TypeError' },
      status: { code: 2 },
    });
    expect(operation('fail').status.message).toBeUndefined();
  });
});

describe('without tracing', () => {
  it('a line of the log has no trace, whatever the caller sends', async () => {
    await usingTestApp({}, async (app) => {
      await app.api.imageCaptcha({ traceparent });
      for (const line of logLines(app)) expect(line).not.toHaveProperty('trace_id');
    });
  });
});
