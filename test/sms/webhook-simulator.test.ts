// The simulated service of an operator: its checks, its answers and its reports.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SettingValues } from '../../src/config/env.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { webhookSimulation } from '../../src/sms/providers/webhook/simulator/simulated-webhook.ts';
import { webhookHeaders, webhookKey } from '../../src/sms/providers/webhook/standard-webhooks.ts';
import type { webhookProvider } from '../../src/sms/providers/webhook/webhook-provider.ts';
import { webhookReports } from '../../src/sms/providers/webhook/webhook-reports.ts';
import { acceptedSms, gatewayRequest, SimulationServer } from '../support/simulation-server.ts';
import { smsMessage } from '../support/sms-message.ts';
import { createWebhookSender, KEY, SECRET } from './webhook-fixture.ts';

const settings = loadConfig({
  SMS_PROVIDER: 'webhook',
  SMS_WEBHOOK_URL: 'http://127.0.0.1:1/webhook',
  SMS_WEBHOOK_SECRET: SECRET,
}).sms.providers[0]?.settings as SettingValues<(typeof webhookProvider)['settings']>;

const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const ATTEMPT_ID = 'a1b2c3d4e5f60718293a4b5c6d7e8f90';
const BODY = {
  type: 'code.send',
  id: ATTEMPT_ID,
  to: '+8613800138000',
  channel: 'sms',
  code: '007042',
  validForMinutes: 5,
  purpose: 'REGISTER',
};
const SMS = {
  mobile: '13800138000',
  code: '007042',
  text: 'Your code is 007042. It is valid for 5 minutes.',
  attemptId: ATTEMPT_ID,
};

function signedRequest(changes: Record<string, unknown> = {}, key = KEY) {
  const body = JSON.stringify({ ...BODY, ...changes });
  const message = { id: ATTEMPT_ID, timestampSeconds: NOW_MS / 1000, body };
  return gatewayRequest({
    path: '/webhook',
    headers: webhookHeaders(message, key),
    body,
    receivedAtMs: NOW_MS,
  });
}

describe('the simulated service of an operator', () => {
  const simulation = webhookSimulation.create(settings, () => []);

  const answerTo = (request: ReturnType<typeof signedRequest>) => {
    const checked = simulation.check(request);
    if (checked.kind === 'sms') return 'accepted';
    return [checked.response.status, JSON.parse(checked.response.body)];
  };

  it('has a secret for demonstrations', () => {
    expect(webhookKey(webhookSimulation.demoSettings.SMS_WEBHOOK_SECRET ?? '')?.length).toBe(25);
  });

  it('recognizes signed requests, and those to its path', () => {
    expect(simulation.recognizes({ ...signedRequest(), path: '/' })).toBe(true);
    expect(simulation.recognizes(gatewayRequest({ path: '/webhook' }))).toBe(true);
    expect(simulation.recognizes(gatewayRequest({ headers: { 'x-tc-action': 'SendSms' } }))).toBe(false);
  });

  it('reads the SMS of a signed request', () => {
    expect(simulation.check(signedRequest())).toEqual({ kind: 'sms', sms: SMS });
  });

  it.each([
    ['with another key', signedRequest({}, Buffer.alloc(24))],
    ['six minutes ago', { ...signedRequest(), receivedAtMs: NOW_MS + 360_000 }],
    ['not at all', { ...signedRequest(), headers: {} }],
  ])('rejects a request that was signed %s', (_how, request) => {
    expect(answerTo(request)).toEqual([401, { outcome: 'rejected', reason: 'account' }]);
  });

  it.each([
    ['another type', { type: 'code.call' }, 'content'],
    ['no id', { id: undefined }, 'content'],
    ['no code', { code: undefined }, 'content'],
    ['no number', { to: undefined }, 'recipient'],
    ['a number without its country', { to: '13800138000' }, 'recipient'],
  ])('rejects a request with %s', (_what, changes, reason) => {
    expect(answerTo(signedRequest(changes))).toEqual([422, { outcome: 'rejected', reason }]);
  });

  it('answers a repeated request with the first id, and sends nothing', () => {
    const earlier = acceptedSms(SMS, { messageId: '42' });
    const repeated = webhookSimulation.create(settings, (mobile) =>
      mobile === SMS.mobile ? [acceptedSms({ ...SMS, attemptId: 'b' }), earlier] : [],
    );
    expect(repeated.check(signedRequest())).toMatchObject({
      kind: 'answered',
      response: { status: 200, body: '{"outcome":"accepted","messageId":"42"}' },
    });
  });

  it.each(['delivered', 'undelivered'] as const)('signs a report that an SMS is %s', (state) => {
    const report = simulation.report(acceptedSms(SMS, { state }), NOW_MS);
    const request = { ...report, receivedAtMs: NOW_MS };
    const reader = webhookReports(KEY);
    expect(simulation.reportPath).toBe('/webhook');
    expect(reader.isAuthentic?.(request)).toBe(true);
    expect(reader.read(request)).toMatchObject([{ attemptId: ATTEMPT_ID, status: state }]);
  });
});

describe('the webhook sender and the simulated service', () => {
  const service = new SimulationServer();
  let url = '';
  beforeAll(async () => {
    url = await service.start((sentTo) => webhookSimulation.create(settings, sentTo));
  });
  afterAll(() => service.stop());

  it('understand each other, and a repeated attempt sends nothing', async () => {
    const sender = createWebhookSender(url);
    const message = smsMessage();
    const accepted = { kind: 'accepted', messageId: 'message-1' };
    expect(await sender.send(message)).toEqual(accepted);
    expect(await sender.send(message)).toEqual(accepted);
    expect(service.sms).toMatchObject([
      { mobile: '13800138000', code: '007042', attemptId: message.attemptId },
    ]);
    await sender.close();
  });

  it('understand each other about a wrong secret', async () => {
    const sender = createWebhookSender(url, { key: Buffer.alloc(24) });
    expect(await sender.send(smsMessage())).toMatchObject({ kind: 'rejected', cause: 'account' });
    await sender.close();
  });

  it.each([
    ['recipient', { kind: 'rejected', cause: 'recipient' }],
    ['limit_minute', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 60 }],
    ['limit_hour', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 3600 }],
    ['limit_day', { kind: 'rejected', cause: 'limit', retryAfterSeconds: 86_400 }],
    ['account', { kind: 'rejected', cause: 'account' }],
    ['content', { kind: 'rejected', cause: 'content' }],
    ['throttled', { kind: 'rejected', cause: 'provider' }],
    ['system_error', { kind: 'unknown' }],
  ] as const)('understand each other about %s', async (rejection, outcome) => {
    const rejecting = new SimulationServer();
    const rejectingUrl = await rejecting.start((sentTo) => {
      const real = webhookSimulation.create(settings, sentTo);
      return { ...real, accept: (sms, _messageId, received) => real.reject(rejection, sms, received) };
    });
    const sender = createWebhookSender(rejectingUrl);
    expect(await sender.send(smsMessage())).toMatchObject(outcome);
    await sender.close();
    await rejecting.stop();
  });
});
