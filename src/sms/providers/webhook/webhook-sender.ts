// Sends codes to an HTTP service of the operator, which sends the SMS. docs/providers.md describes the protocol.

import type { RejectionCause, SmsMessage, SmsOutcome, SmsRejection, SmsSender } from '../../sms-sender.ts';
import { type ConnectionSettings, ProviderHttpClient } from '../common/http-client.ts';
import { asRecord, asText, parseJson } from '../common/json-value.ts';
import { printableId } from '../common/log-text.ts';
import { webhookHeaders } from './standard-webhooks.ts';

export interface WebhookSettings extends Omit<ConnectionSettings, 'baseUrl'> {
  /** The whole URL. Its path is sent as it is. */
  readonly url: string;
  readonly key: Buffer;
}

const CAUSES: readonly RejectionCause[] = ['recipient', 'limit', 'account', 'content', 'provider'];

const DEFAULT_RETRY_AFTER_SECONDS = 10;
const MAX_RETRY_AFTER_SECONDS = 24 * 60 * 60;

export class WebhookSender implements SmsSender {
  private readonly http: ProviderHttpClient;
  private readonly path: string;
  private readonly key: Buffer;

  constructor({ url, key, timeoutMs, connections }: WebhookSettings) {
    const { origin, pathname } = new URL(url);
    this.path = pathname;
    this.key = key;
    this.http = new ProviderHttpClient({ baseUrl: origin, timeoutMs, connections });
  }

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const body = bodyOf(message);
    const timestampSeconds = Math.floor(Date.now() / 1000);
    const signed = webhookHeaders({ id: message.attemptId, timestampSeconds, body }, this.key);
    const exchange = await this.http.post(
      {
        path: this.path,
        headers: { 'content-type': 'application/json', accept: 'application/json', ...signed },
        body,
      },
      timeoutMs,
    );
    return exchange.kind === 'failed'
      ? exchange.outcome
      : outcomeOfResponse(exchange.httpStatus, exchange.text, message);
  }

  close(): Promise<void> {
    return this.http.close();
  }
}

/** The order of the fields is documented, so that a service may compare whole bodies in its tests. */
function bodyOf({ attemptId, mobile, code, validForMinutes, purpose }: SmsMessage): string {
  const type = 'code.send';
  return JSON.stringify({ type, id: attemptId, to: mobile, channel: 'sms', code, validForMinutes, purpose });
}

/**
 * Only the two documented outcomes count. Another answer, even a plain 4xx or 5xx, may come from a proxy while the service
 * sends the SMS.
 */
function outcomeOfResponse(httpStatus: number, text: string, message: SmsMessage): SmsOutcome {
  const answer = asRecord(parseJson(text));
  if (answer?.outcome === 'rejected') return rejectionOf(answer);
  if (answer?.outcome === 'accepted' && httpStatus >= 200 && httpStatus < 300) {
    // The outcome is clear without an id. Reports name the attempt, so its id does as well.
    const messageId = asText(answer.messageId) ?? message.attemptId;
    return { kind: 'accepted', messageId: printableId(messageId, message) };
  }
  const what = answer?.outcome === 'accepted' ? 'with the outcome accepted' : 'without an outcome';
  return { kind: 'unknown', reason: `HTTP ${httpStatus} ${what}`, unreachable: true };
}

/** The outcome says that the SMS was not sent. The reason only says why, so an unknown one does not make it uncertain. */
function rejectionOf(answer: Readonly<Record<string, unknown>>): SmsRejection {
  const cause = CAUSES.find((known) => known === answer.reason);
  return {
    kind: 'rejected',
    cause: cause ?? 'provider',
    reason: cause ?? 'rejected for an unknown reason',
    retryAfterSeconds: retryAfterSeconds(answer.retryAfterSeconds),
  };
}

function retryAfterSeconds(value: unknown): number {
  if (typeof value !== 'number' || Number.isNaN(value)) return DEFAULT_RETRY_AFTER_SECONDS;
  return Math.min(Math.max(Math.ceil(value), 1), MAX_RETRY_AFTER_SECONDS);
}
