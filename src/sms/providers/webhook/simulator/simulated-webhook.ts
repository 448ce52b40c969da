// The simulated HTTP service of an operator: it verifies signatures, answers in the documented form and sends signed reports.

import type {
  AcceptedSms,
  CheckedRequest,
  GatewayRequest,
  GatewayResponse,
  ProviderSimulation,
  ProviderSimulationDefinition,
  SimulatedRejection,
} from '../../../simulator/provider-simulation.ts';
import type { RejectionCause } from '../../../sms-sender.ts';
import { asRecord, asText, parseJson } from '../../common/json-value.ts';
import { isAuthenticWebhook, webhookHeaders, webhookKey } from '../standard-webhooks.ts';
import type { webhookProvider } from '../webhook-provider.ts';

const BASE_PATH = '/webhook';

const REJECTIONS: Readonly<
  Record<Exclude<SimulatedRejection, 'system_error'>, readonly [RejectionCause, retryAfterSeconds?: number]>
> = {
  recipient: ['recipient'],
  limit_minute: ['limit', 60],
  limit_hour: ['limit', 60 * 60],
  limit_day: ['limit', 24 * 60 * 60],
  account: ['account'],
  content: ['content'],
  throttled: ['provider'],
};

export const webhookSimulation: ProviderSimulationDefinition<(typeof webhookProvider)['settings']> = {
  demoSettings: {
    SMS_WEBHOOK_SECRET: `whsec_${Buffer.from('a secret of the simulator').toString('base64')}`,
  },
  create(settings, sentTo): ProviderSimulation {
    const key = webhookKey(settings.SMS_WEBHOOK_SECRET ?? '') ?? Buffer.alloc(0);
    return {
      basePath: BASE_PATH,
      recognizes: ({ path, headers }) =>
        path.startsWith(BASE_PATH) || headers['webhook-signature'] !== undefined,
      check: (request) => check(request, key, sentTo),
      accept: (_sms, messageId) => accepted(messageId),
      reject: (rejection) =>
        rejection === 'system_error'
          ? json(500, { error: 'an error of the simulator' })
          : rejected(422, ...REJECTIONS[rejection]),
      // The service is the operator's own.
      numberLimits: [],
      reportPath: BASE_PATH,
      report: (sms, nowMs) => report(sms, nowMs, key),
    };
  },
};

function check(
  { headers, body, receivedAtMs }: GatewayRequest,
  key: Buffer,
  sentTo: (mobile: string) => readonly AcceptedSms[],
): CheckedRequest {
  if (!isAuthenticWebhook(headers, body, key, receivedAtMs)) return answered(rejected(401, 'account'));
  const { type, id, to, code, validForMinutes } = asRecord(parseJson(body)) ?? {};
  const attemptId = asText(id);
  if (type !== 'code.send' || attemptId === undefined || !/^\d{4,8}$/.test(String(code)))
    return answered(rejected(422, 'content'));
  const mobile = /^\+86(1\d{10})$/.exec(String(to))?.[1];
  if (mobile === undefined) return answered(rejected(422, 'recipient'));
  const earlier = sentTo(mobile).find((sms) => sms.attemptId === attemptId);
  if (earlier !== undefined) return answered(accepted(earlier.messageId));
  const text = `Your code is ${code}. It is valid for ${validForMinutes} minutes.`;
  return { kind: 'sms', sms: { mobile, code: String(code), text, attemptId } };
}

function report(sms: AcceptedSms, nowMs: number, key: Buffer) {
  const result =
    sms.state === 'delivered'
      ? { status: 'delivered' }
      : { status: 'undelivered', reason: 'recipient_unreachable' };
  const body = JSON.stringify({ type: 'code.report', id: sms.attemptId, ...result });
  const message = { id: `report_${sms.messageId}`, timestampSeconds: Math.floor(nowMs / 1000), body };
  return { headers: { 'content-type': 'application/json', ...webhookHeaders(message, key) }, body };
}

function answered(response: GatewayResponse): CheckedRequest {
  return { kind: 'answered', response };
}

function accepted(messageId: string): GatewayResponse {
  return json(200, { outcome: 'accepted', messageId });
}

function rejected(status: number, reason: RejectionCause, retryAfterSeconds?: number): GatewayResponse {
  return json(status, { outcome: 'rejected', reason, retryAfterSeconds });
}

function json(status: number, body: object): GatewayResponse {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}
