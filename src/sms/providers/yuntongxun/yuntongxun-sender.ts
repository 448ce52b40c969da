// Sends texts through Yuntongxun's TemplateSMS.

import { randomBytes } from 'node:crypto';
import { type Dispatcher, Pool } from 'undici';
import { withDeadline } from '../../../common/deadline.ts';
import { nationalNumber } from '../../../common/phone-number.ts';
import type { SmsMessage, SmsOutcome, SmsSender } from '../../sms-sender.ts';
import { type Departure, markDeparture } from '../request-started.ts';
import { chinaTimestamp, sign } from './signature.ts';
import { ACCEPTED, refusalRetrySeconds } from './status-code.ts';
import { parseAnswer, type TemplateSmsBody, templateSmsPath } from './template-sms.ts';

export interface YuntongxunSettings {
  readonly baseUrl: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
  readonly templateId: string;
  /** From the call of `send` to its outcome, waiting for a connection included. */
  readonly timeoutSeconds: number;
  /** Connections kept to the gateway, so texts under way at once. */
  readonly connections: number;
}

/** An answer has some 150 bytes; whatever is longer is not one. */
const LONGEST_ANSWER_BYTES = 64 * 1024;
const RETRY_AFTER_NO_CONNECTION_SECONDS = 10;
const CLOSE_AT_MOST_MS = 1000;

export class YuntongxunSender implements SmsSender {
  private readonly pool: Pool;
  private readonly gateway: Dispatcher;
  private readonly path: string;

  constructor(private readonly settings: YuntongxunSettings) {
    const { origin, pathname } = new URL(settings.baseUrl);
    this.path = pathname.replace(/\/$/, '') + templateSmsPath(settings.accountSid);
    this.pool = new Pool(origin, {
      connections: settings.connections,
      connect: { timeout: settings.timeoutSeconds * 1000 },
      maxResponseSize: LONGEST_ANSWER_BYTES,
    });
    this.gateway = this.pool.compose(markDeparture);
  }

  async send(message: SmsMessage): Promise<SmsOutcome> {
    const departure: Departure = { left: false };
    try {
      const timeoutMs = this.settings.timeoutSeconds * 1000;
      const answer = await withDeadline(timeoutMs, (signal) => this.post(message, departure, signal));
      return outcomeOf(answer.httpStatus, answer.text);
    } catch (error) {
      return failure(error, departure);
    }
  }

  async close(): Promise<void> {
    await withDeadline(CLOSE_AT_MOST_MS, () => this.pool.close()).catch(() => this.pool.destroy());
  }

  private async post(message: SmsMessage, departure: Departure, signal: AbortSignal) {
    const { accountSid, authToken } = this.settings;
    const { sig, authorization } = sign(accountSid, authToken, chinaTimestamp(Date.now()));
    const response = await this.gateway.request({
      method: 'POST',
      path: `${this.path}?sig=${sig}`,
      headers: {
        accept: 'application/json',
        'content-type': 'application/json;charset=utf-8',
        authorization,
      },
      // A string goes out in one piece with its Content-Length, which the platform insists on.
      body: JSON.stringify(this.bodyOf(message)),
      opaque: departure,
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

function outcomeOf(httpStatus: number, text: string): SmsOutcome {
  const answer = parseAnswer(text);
  if (answer === undefined) {
    return { kind: 'unknown', reason: `HTTP ${httpStatus} without a status code`, unreachable: true };
  }
  if (answer.statusCode === ACCEPTED) {
    return answer.smsMessageSid
      ? { kind: 'accepted', messageId: answer.smsMessageSid }
      : { kind: 'unknown', reason: 'accepted without a message id' };
  }
  const reason = `status ${nameOf(answer.statusCode)} ${printable(answer.statusMsg ?? '')}`.trim();
  const retryAfterSeconds = refusalRetrySeconds(answer.statusCode, Date.now());
  return retryAfterSeconds === undefined
    ? { kind: 'unknown', reason }
    : { kind: 'rejected', reason, retryAfterSeconds };
}

function nameOf(statusCode: string): string {
  return /^\d{6}$/.test(statusCode) ? statusCode : 'of another form';
}

/** The platform's words for the log: short, and without whatever it may echo of the mobile, the code or the account. */
function printable(words: string): string {
  return words.slice(0, 100).replace(/[0-9A-Za-z+/=_-]{4,}/g, '…');
}

function failure(error: unknown, departure: Departure): SmsOutcome {
  const reason = describe(error);
  return departure.left
    ? { kind: 'unknown', reason: `${reason} after the request left`, unreachable: true }
    : { kind: 'rejected', reason, retryAfterSeconds: RETRY_AFTER_NO_CONNECTION_SECONDS, unreachable: true };
}

/** Name and code alone: a message may quote the URL with its signature. */
function describe(error: unknown): string {
  const { name = 'failed', code } = error as Partial<NodeJS.ErrnoException>;
  return typeof code === 'string' ? `${name} ${code}` : name;
}
