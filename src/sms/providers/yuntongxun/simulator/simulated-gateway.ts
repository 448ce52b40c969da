// A simulated Yuntongxun gateway on loopback. It checks requests as the platform does and reports accepted messages.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { chinaTimestamp } from '../../../../common/china-time.ts';
import { ACCEPTED } from '../status-code.ts';
import { parseObject, type TemplateSmsBody } from '../template-sms.ts';
import { checkBody, checkHeaders, checkSignature, type GatewayAccount, reject } from './checks.ts';

/** A message that the gateway accepted. */
export interface AcceptedSms {
  /** Eleven digits. */
  readonly mobile: string;
  /** `138****8000` */
  readonly maskedMobile: string;
  readonly code: string;
  readonly validForMinutes: string;
  /** The test template of the platform with its variables filled in. */
  readonly text: string;
}

export class SimulatedGateway {
  private readonly server: Server;

  constructor(
    private readonly account: GatewayAccount,
    private readonly onAccepted: (sms: AcceptedSms) => void,
  ) {
    this.server = createServer((request, response) => {
      this.respond(request, response).catch(() => response.destroy());
    });
  }

  /** Listens on a free port of loopback and returns the base URL. */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject).listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const url = new URL(request.url ?? '/', 'http://gateway');
    const target = { method: request.method ?? '', path: url.pathname, query: url.searchParams };
    const rejection =
      checkHeaders(target, request.headers, this.account) ??
      (isJson(request) ? undefined : reject('160031', '参数解析失败')) ??
      checkSignature(request.headers.authorization, url.searchParams.get('sig'), this.account) ??
      (text === '' ? reject('160030', '请求包体为空') : checkBody(parseObject(text), this.account));
    // Like the platform, it rejects with HTTP status 200.
    response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' });
    response.end(JSON.stringify(rejection ?? this.accept(JSON.parse(text) as TemplateSmsBody)));
  }

  private accept({ to, datas: [code = '', minutes = ''] }: TemplateSmsBody) {
    this.onAccepted({
      mobile: to,
      maskedMobile: to.replace(/^(\d{3})\d{4}/, '$1****'),
      code,
      validForMinutes: minutes,
      text: `【云通讯】您使用的是云通讯短信模板，您的验证码是${code}，请于${minutes}分钟内正确输入`,
    });
    return {
      statusCode: ACCEPTED,
      templateSMS: {
        smsMessageSid: randomBytes(16).toString('hex'),
        dateCreated: chinaTimestamp(Date.now()),
      },
    };
  }
}

/** The gateway of this process serves the sender of this project, which speaks JSON. */
function isJson({ headers }: IncomingMessage): boolean {
  const form = /^application\/json\b/;
  return form.test(headers.accept ?? '') && form.test(headers['content-type'] ?? '');
}
