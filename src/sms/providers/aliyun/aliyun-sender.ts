// Sends SMS through the call SendSms of Aliyun.

import { nationalNumber } from '../../../common/phone-number.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { outcomeOfCode } from '../common/answer-code.ts';
import type { Exchange } from '../common/http-client.ts';
import { asText } from '../common/json-value.ts';
import { printableCode, printableId, redactedText } from '../common/log-text.ts';
import { type AliyunApi, parseAnswer } from './aliyun-api.ts';
import { ACCEPTED, CODE_FORM, rejectionRule } from './aliyun-codes.ts';

/** What every SMS has in common. */
export interface AliyunTemplate {
  readonly signName: string;
  readonly templateCode: string;
}

/** A longer wait comes from something else than throttling. */
const MAX_RETRY_AFTER_SECONDS = 60 * 60;

export class AliyunSender implements SmsSender {
  constructor(
    private readonly api: AliyunApi,
    private readonly template: AliyunTemplate,
  ) {}

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const exchange = await this.api.call('SendSms', this.parametersOf(message), timeoutMs);
    return exchange.kind === 'failed' ? exchange.outcome : outcomeOfAnswer(exchange, message);
  }

  close(): Promise<void> {
    return this.api.close();
  }

  private parametersOf({ mobile, code, attemptId }: SmsMessage): Record<string, string> {
    return {
      PhoneNumbers: nationalNumber(mobile),
      SignName: this.template.signName,
      TemplateCode: this.template.templateCode,
      // A template for codes has one variable.
      TemplateParam: JSON.stringify({ code }),
      // Returned in reports and in QuerySendDetails. It does not make the call idempotent.
      OutId: attemptId,
    };
  }
}

type Answered = Extract<Exchange, { kind: 'answered' }>;

/** The code counts: the platform answers most rejections with HTTP status 200. Success has that status, too. */
function outcomeOfAnswer({ httpStatus, headers, text }: Answered, message: SmsMessage): SmsOutcome {
  const answer = parseAnswer(text);
  if (answer === undefined) {
    return { kind: 'unknown', reason: `HTTP ${httpStatus} without a code`, unreachable: true };
  }
  if (answer.code === ACCEPTED) {
    const messageId = asText(answer.fields.BizId);
    if (httpStatus === 200 && messageId !== undefined)
      return { kind: 'accepted', messageId: printableId(messageId, message) };
    const lack = httpStatus === 200 ? 'without a message id' : `with HTTP status ${httpStatus}`;
    return { kind: 'unknown', reason: `accepted ${lack}` };
  }
  const rule = rejectionRule(answer.code, answer.message);
  const reason = `${printableCode(answer.code, CODE_FORM)} ${redactedText(answer.message)}`.trim();
  const outcome = outcomeOfCode(rule, reason, Date.now());
  const retryAfterSeconds = throttledForSeconds(headers['x-acs-retry-after']);
  return outcome.kind === 'rejected' && outcome.cause === 'provider' && retryAfterSeconds !== undefined
    ? { ...outcome, retryAfterSeconds }
    : outcome;
}

/** The header `x-acs-retry-after` of a throttled request has milliseconds. */
function throttledForSeconds(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string' || !/^\d{1,9}$/.test(header)) return undefined;
  const seconds = Math.ceil(Number(header) / 1000);
  return seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_SECONDS) : undefined;
}
