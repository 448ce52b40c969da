// Sends SMS through the TemplateSMS call of Yuntongxun.

import { randomBytes } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { withDeadline } from '../../../common/deadline.ts';
import { nationalNumber } from '../../../common/phone-number.ts';
import {
  RETRY_AFTER_UNREACHABLE_SECONDS,
  SMS_PROVIDER_CLOSE_TIMEOUT_MS,
} from '../../../config/time-budgets.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { type RequestState, trackRequestStart } from '../request-started.ts';
import { chinaTimestamp, sign } from './signature.ts';
import { ACCEPTED, rejectionRetrySeconds } from './status-code.ts';
import { parseResponse, type TemplateSmsBody, templateSmsPath } from './template-sms.ts';

export interface YuntongxunSettings {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
  readonly templateId: string;
  /** From the call of `send` to its outcome, including the wait for a connection. */
  readonly timeoutMs: number;
  /** Size of the connection pool, which bounds the requests at once. */
  readonly connections: number;
}

/** A response has about 150 bytes. A much longer one does not come from the platform. */
const MAX_RESPONSE_BYTES = 64 * 1024;

/** An id has 32 characters. */
const MAX_ID_LENGTH = 64;

export class YuntongxunSender implements SmsSender {
  private readonly pool: Pool;
  private readonly dispatcher: Dispatcher;
  private readonly path: string;

  constructor(private readonly settings: YuntongxunSettings) {
    const { origin, pathname } = new URL(settings.baseUrl);
    this.path = pathname.replace(/\/$/, '') + templateSmsPath(settings.accountSid);
    this.pool = new Pool(origin, {
      connections: settings.connections,
      connect: { timeout: settings.timeoutMs },
      maxResponseSize: MAX_RESPONSE_BYTES,
    });
    this.dispatcher = this.pool.compose(trackRequestStart);
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    const state: RequestState = { started: false };
    try {
      const response = await withDeadline(this.settings.timeoutMs, (signal) =>
        this.post(message, state, signal),
      );
      return outcomeOfResponse(response.httpStatus, response.text, message);
    } catch (error) {
      return outcomeOfError(error, state);
    }
  }

  async close(): Promise<void> {
    await withDeadline(SMS_PROVIDER_CLOSE_TIMEOUT_MS, () => this.pool.close()).catch(() =>
      this.pool.destroy(),
    );
  }

  private async post(message: SmsMessage, state: RequestState, signal: AbortSignal) {
    const { accountSid, authToken } = this.settings;
    const { sig, authorization } = sign(accountSid, authToken, chinaTimestamp(Date.now()));
    const response = await this.dispatcher.request({
      method: 'POST',
      path: `${this.path}?sig=${sig}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json;charset=utf-8',
        authorization,
      },
      // A string is sent with Content-Length, which the platform requires.
      body: JSON.stringify(this.bodyOf(message)),
      opaque: state,
      signal,
    });
    return { httpStatus: response.statusCode, text: await response.body.text() };
  }

  private bodyOf(message: SmsMessage): TemplateSmsBody {
    return {
      to: nationalNumber(message.mobile),
      appId: this.settings.appId,
      templateId: this.settings.templateId,
      datas: [message.code, String(message.validForMinutes)],
      reqId: randomBytes(16).toString('hex'),
    };
  }
}

function outcomeOfResponse(httpStatus: number, text: string, message: SmsMessage): SmsOutcome {
  const response = parseResponse(text);
  if (response === undefined) {
    return { kind: 'unknown', reason: `HTTP ${httpStatus} without a status code`, unreachable: true };
  }
  if (response.statusCode === ACCEPTED) {
    return response.smsMessageSid
      ? { kind: 'accepted', messageId: printableId(response.smsMessageSid, message) }
      : { kind: 'unknown', reason: 'accepted without a message id' };
  }
  const reason = `status ${printableCode(response.statusCode)} ${redact(response.statusMsg ?? '')}`.trim();
  const retryAfterSeconds = rejectionRetrySeconds(response.statusCode, Date.now());
  return retryAfterSeconds === undefined
    ? { kind: 'unknown', reason }
    : { kind: 'rejected', reason, retryAfterSeconds };
}

/** The id for the log: of bounded length, and without the code or mobile of the message if a gateway echoes them. */
function printableId(messageId: string, { code, mobile }: SmsMessage): string {
  return messageId.replaceAll(nationalNumber(mobile), '…').replaceAll(code, '…').slice(0, MAX_ID_LENGTH);
}

function printableCode(statusCode: string): string {
  return /^\d{6}$/.test(statusCode) ? statusCode : 'of another form';
}

/** The message of the platform for the log: short, and without any mobile, code or credential that it may echo. */
function redact(statusMsg: string): string {
  return statusMsg.slice(0, 100).replace(/[0-9A-Za-z+/=_-]{4,}/g, '…');
}

function outcomeOfError(error: unknown, state: RequestState): SmsOutcome {
  const reason = errorName(error);
  return state.started
    ? { kind: 'unknown', reason: `${reason} after the request started`, unreachable: true }
    : { kind: 'rejected', reason, retryAfterSeconds: RETRY_AFTER_UNREACHABLE_SECONDS, unreachable: true };
}

/** Only the name and the code: the message of an error may quote the URL with its signature. */
function errorName(error: unknown): string {
  const { name = 'Error', code } = error as Partial<NodeJS.ErrnoException>;
  return typeof code === 'string' ? `${name} ${code}` : name;
}
