// A Yuntongxun gateway on loopback: it checks a request as the platform does and hands the text to whoever listens.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { chinaTimestamp, sign } from '../signature.ts';
import { ACCEPTED } from '../status-code.ts';
import { parseObject, type TemplateSmsBody, templateSmsPath } from '../template-sms.ts';

/** The one account that the gateway knows. */
export interface GatewayAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
}

export interface TakenText {
  /** `138****8000`: whoever waits for a text knows the number. */
  readonly maskedMobile: string;
  /** What the phone shows: the platform's built-in test template with its variables filled in. */
  readonly text: string;
}

const TIMESTAMP_VALID_MS = 24 * 60 * 60 * 1000;

export class SimulatedGateway {
  private readonly server: Server;

  constructor(
    private readonly account: GatewayAccount,
    private readonly onText: (taken: TakenText) => void,
  ) {
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => response.destroy());
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

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await readText(request);
    const fault = faultOfRequest(request, this.account) ?? faultOfBody(text, this.account);
    // Like the platform, it refuses with HTTP 200.
    response.writeHead(200, { 'content-type': 'application/json;charset=utf-8' });
    response.end(JSON.stringify(fault ?? this.take(JSON.parse(text) as TemplateSmsBody)));
  }

  private take({ to, datas: [code, minutes] }: TemplateSmsBody) {
    this.onText({
      maskedMobile: to.replace(/^(\d{3})\d{4}/, '$1****'),
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

interface Fault {
  readonly statusCode: string;
  readonly statusMsg: string;
}

const fault = (statusCode: string, statusMsg: string): Fault => ({ statusCode, statusMsg });

/** The platform's checks of URL and headers, in the order of its status codes. */
function faultOfRequest(request: IncomingMessage, account: GatewayAccount): Fault | undefined {
  const url = new URL(request.url ?? '/', 'http://gateway');
  if (request.method !== 'POST' || url.pathname !== templateSmsPath(account.accountSid)) {
    return fault('111100', '【账号】请求URL账号格式不正确');
  }
  if (!request.headers['content-length']) return fault('160030', '请求包体为空');
  if (!/^application\/json\b/.test(request.headers.accept ?? '')) return fault('160031', '参数解析失败');
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return fault('160031', '参数解析失败');
  return faultOfSignature(request.headers.authorization, url.searchParams.get('sig'), account);
}

function faultOfSignature(authorization: string | undefined, sig: string | null, account: GatewayAccount) {
  if (!authorization) return fault('111101', '【账号】请求包头Authorization参数为空');
  const [sid, timestamp, ...rest] = Buffer.from(authorization, 'base64').toString().split(':');
  if (timestamp === undefined || rest.length > 0) {
    return fault('111103', '【账号】请求包头Authorization参数解码后格式有误');
  }
  const instantMs = chinaInstantMs(timestamp);
  if (!/^\d{14}$/.test(timestamp) || Number.isNaN(instantMs))
    return fault('111113', '【账号】Authorization中时间戳格式有误');
  if (Math.abs(Date.now() - instantMs) > TIMESTAMP_VALID_MS) {
    return fault('111106', '【账号】请求包头Authorization参数解码后时间戳过期');
  }
  if (sid !== account.accountSid) return fault('111107', '【账号】账户ID跟请求地址中的账户ID不一致');
  if (!sig) return fault('111108', '【账号】请求地址Sig参数为空');
  if (sig.toUpperCase() !== sign(sid, account.authToken, timestamp).sig) {
    return fault('111109', '【账号】请求地址Sig校验失败');
  }
  return undefined;
}

function faultOfBody(text: string, account: GatewayAccount): Fault | undefined {
  if (text === '') return fault('160030', '请求包体为空');
  const body: Partial<Record<keyof TemplateSmsBody, unknown>> | undefined = parseObject(text);
  if (body === undefined) return fault('160031', '参数解析失败');
  if (body.appId !== account.appId) return fault('111181', '【账号】应用不存在');
  if (typeof body.to !== 'string' || !/^1\d{10}$/.test(body.to)) return fault('160042', '号码格式有误');
  if (!/^\d+$/.test(String(body.templateId))) return fault('160057', '短信模板ID要求为数字');
  const { datas, reqId } = body;
  if (!Array.isArray(datas) || datas.length < 2 || !datas.every((value) => /^\d+$/.test(String(value)))) {
    return fault('160069', '测试模板变量非数字');
  }
  if (reqId !== undefined && !/^[a-zA-Z0-9]{1,32}$/.test(String(reqId))) {
    return fault('160055', '请求reqId超长');
  }
  return undefined;
}

function chinaInstantMs(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00'));
}
