// Sends SMS through the TemplateSMS call of Yuntongxun.

import { chinaTimestamp } from '../../../common/china-time.ts';
import { nationalNumber } from '../../../common/phone-number.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { outcomeOfCode } from '../common/answer-code.ts';
import { type ConnectionSettings, ProviderHttpClient } from '../common/http-client.ts';
import { printableCode, printableId, redactedText } from '../common/log-text.ts';
import { sign } from './signature.ts';
import { ACCEPTED, rejectionRule } from './status-code.ts';
import { parseResponse, type TemplateSmsBody, templateSmsPath } from './template-sms.ts';

export interface YuntongxunSettings extends ConnectionSettings {
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
  readonly templateId: string;
}

export class YuntongxunSender implements SmsSender {
  private readonly http: ProviderHttpClient;

  constructor(private readonly settings: YuntongxunSettings) {
    this.http = new ProviderHttpClient(settings);
  }

  async send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome> {
    const { accountSid, authToken } = this.settings;
    const { sig, authorization } = sign(accountSid, authToken, chinaTimestamp(Date.now()));
    const exchange = await this.http.post(
      {
        path: `${templateSmsPath(accountSid)}?sig=${sig}`,
        headers: {
          accept: 'application/json',
          'content-type': 'application/json;charset=utf-8',
          authorization,
        },
        body: JSON.stringify(this.bodyOf(message)),
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

  private bodyOf(message: SmsMessage): TemplateSmsBody {
    return {
      to: nationalNumber(message.mobile),
      appId: this.settings.appId,
      templateId: this.settings.templateId,
      datas: [message.code, String(message.validForMinutes)],
      reqId: message.attemptId,
    };
  }
}

function outcomeOfResponse(httpStatus: number, text: string, message: SmsMessage): SmsOutcome {
  const response = parseResponse(text);
  if (response === undefined) {
    return { kind: 'unknown', reason: `HTTP ${httpStatus} without a status code`, unreachable: true };
  }
  const { statusCode, statusMsg = '', smsMessageSid } = response;
  if (statusCode === ACCEPTED) {
    return smsMessageSid
      ? { kind: 'accepted', messageId: printableId(smsMessageSid, message) }
      : { kind: 'unknown', reason: 'accepted without a message id' };
  }
  const reason = `${printableCode(statusCode, /^\d{6}$/)} ${redactedText(statusMsg)}`.trim();
  return outcomeOfCode(rejectionRule(statusCode), reason, Date.now());
}
