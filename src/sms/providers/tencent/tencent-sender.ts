// Sends SMS through the call SendSms of Tencent Cloud.

import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { outcomeOfCode } from '../common/answer-code.ts';
import { type ConnectionSettings, ProviderHttpClient } from '../common/http-client.ts';
import { printableCode, printableId, redactedText } from '../common/log-text.ts';
import { parseSendSmsResponse, type SendSmsBody, sendSmsHeaders, type TencentAccount } from './send-sms.ts';
import { ACCEPTED, CODE_FORM, rejectionRule } from './tencent-codes.ts';

export interface TencentSettings extends ConnectionSettings, TencentAccount {
  readonly sdkAppId: string;
  readonly signName: string;
  readonly templateId: string;
}

export class TencentSender implements SmsSender {
  private readonly http: ProviderHttpClient;

  constructor(private readonly settings: TencentSettings) {
    this.http = new ProviderHttpClient(settings);
  }

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const body = JSON.stringify(this.bodyOf(message));
    const timestampSeconds = Math.floor(Date.now() / 1000);
    const headers = sendSmsHeaders(this.settings, this.http.host, body, timestampSeconds);
    const exchange = await this.http.post({ path: '/', headers, body }, timeoutMs);
    return exchange.kind === 'failed'
      ? exchange.outcome
      : outcomeOfResponse(exchange.httpStatus, exchange.text, message);
  }

  close(): Promise<void> {
    return this.http.close();
  }

  private bodyOf({ mobile, code, validForMinutes, attemptId }: SmsMessage): SendSmsBody {
    return {
      PhoneNumberSet: [mobile],
      SmsSdkAppId: this.settings.sdkAppId,
      SignName: this.settings.signName,
      TemplateId: this.settings.templateId,
      TemplateParamSet: [code, String(validForMinutes)],
      SessionContext: attemptId,
    };
  }
}

/** The code counts, not the HTTP status: the platform answers errors with status 200. */
function outcomeOfResponse(httpStatus: number, text: string, message: SmsMessage): SmsOutcome {
  const result = parseSendSmsResponse(text);
  if (result === undefined) {
    return { kind: 'unknown', reason: `HTTP ${httpStatus} without a code`, unreachable: true };
  }
  if (result.code === ACCEPTED) {
    return result.serialNo
      ? { kind: 'accepted', messageId: printableId(result.serialNo, message) }
      : { kind: 'unknown', reason: 'accepted without a message id' };
  }
  const reason = `${printableCode(result.code, CODE_FORM)} ${redactedText(result.message)}`.trim();
  return outcomeOfCode(rejectionRule(result.code), reason, Date.now());
}
