// A simulated Yuntongxun gateway on loopback. It checks requests as the platform does and reports accepted messages.

import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { chinaTimestamp } from '../../../../common/china-time.ts';
import { sign } from '../signature.ts';
import { ACCEPTED } from '../status-code.ts';
import { parseObject, type TemplateSmsBody, templateSmsPath } from '../template-sms.ts';

/** The only account that the gateway accepts. */
export interface GatewayAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
}

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

const TIMESTAMP_VALID_MS = 24 * 60 * 60 * 1000;

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
    const rejection = checkRequest(request, this.account) ?? checkBody(text, this.account);
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

interface Rejection {
  readonly statusCode: string;
  readonly statusMsg: string;
}

const reject = (statusCode: string, statusMsg: string): Rejection => ({ statusCode, statusMsg });

/** The checks of URL and headers, in the order of the platform. */
function checkRequest(request: IncomingMessage, account: GatewayAccount): Rejection | undefined {
  const url = new URL(request.url ?? '/', 'http://gateway');
  if (request.method !== 'POST' || url.pathname !== templateSmsPath(account.accountSid)) {
    return reject('111100', '【账号】请求URL账号格式不正确');
  }
  if (!request.headers['content-length']) return reject('160030', '请求包体为空');
  if (!/^application\/json\b/.test(request.headers.accept ?? '')) return reject('160031', '参数解析失败');
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? ''))
    return reject('160031', '参数解析失败');
  return checkSignature(request.headers.authorization, url.searchParams.get('sig'), account);
}

function checkSignature(authorization: string | undefined, sig: string | null, account: GatewayAccount) {
  if (!authorization) return reject('111101', '【账号】请求包头Authorization参数为空');
  const [sid, timestamp, ...rest] = Buffer.from(authorization, 'base64').toString().split(':');
  if (timestamp === undefined || rest.length > 0) {
    return reject('111103', '【账号】请求包头Authorization参数解码后格式有误');
  }
  const instantMs = chinaInstantMs(timestamp);
  if (!/^\d{14}$/.test(timestamp) || Number.isNaN(instantMs))
    return reject('111113', '【账号】Authorization中时间戳格式有误');
  if (Math.abs(Date.now() - instantMs) > TIMESTAMP_VALID_MS) {
    return reject('111106', '【账号】请求包头Authorization参数解码后时间戳过期');
  }
  if (sid !== account.accountSid) return reject('111107', '【账号】账户ID跟请求地址中的账户ID不一致');
  if (!sig) return reject('111108', '【账号】请求地址Sig参数为空');
  if (sig.toUpperCase() !== sign(sid, account.authToken, timestamp).sig) {
    return reject('111109', '【账号】请求地址Sig校验失败');
  }
  return undefined;
}

function checkBody(text: string, account: GatewayAccount): Rejection | undefined {
  if (text === '') return reject('160030', '请求包体为空');
  const body: Partial<Record<keyof TemplateSmsBody, unknown>> | undefined = parseObject(text);
  if (body === undefined) return reject('160031', '参数解析失败');
  if (body.appId !== account.appId) return reject('111181', '【账号】应用不存在');
  if (typeof body.to !== 'string' || !/^1\d{10}$/.test(body.to)) return reject('160042', '号码格式有误');
  if (!/^\d+$/.test(String(body.templateId))) return reject('160057', '短信模板ID要求为数字');
  const { datas, reqId } = body;
  if (!Array.isArray(datas) || datas.length < 2 || !datas.every((value) => /^\d+$/.test(String(value)))) {
    return reject('160069', '测试模板变量非数字');
  }
  if (reqId !== undefined && !/^[a-zA-Z0-9]{1,32}$/.test(String(reqId))) {
    return reject('160055', '请求reqId超长');
  }
  return undefined;
}

function chinaInstantMs(timestamp: string): number {
  return Date.parse(timestamp.replace(/^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/, '$1-$2-$3T$4:$5:$6+08:00'));
}
