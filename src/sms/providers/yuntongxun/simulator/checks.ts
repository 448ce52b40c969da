// The checks of a request to Yuntongxun, in the order of the platform.

import type { IncomingHttpHeaders } from 'node:http';
import { instantOfChinaTime } from '../../../../common/china-time.ts';
import { sign } from '../signature.ts';
import { type TemplateSmsBody, templateSmsPath } from '../template-sms.ts';

/** The only account that the gateway accepts. */
export interface GatewayAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly appId: string;
  /** The only approved template. */
  readonly templateId: string;
}

/** The numbers of one request, separated by commas. */
const MAX_NUMBERS = 200;
const TIMESTAMP_VALID_MS = 24 * 60 * 60 * 1000;

export interface Rejection {
  readonly statusCode: string;
  readonly statusMsg: string;
}

export const reject = (statusCode: string, statusMsg: string): Rejection => ({ statusCode, statusMsg });

export interface RequestTarget {
  readonly method: string;
  readonly path: string;
}

/** The checks of the URL and the length. */
export function checkHeaders(
  { method, path }: RequestTarget,
  headers: IncomingHttpHeaders,
  account: GatewayAccount,
): Rejection | undefined {
  if (method !== 'POST' || path !== templateSmsPath(account.accountSid)) {
    return reject('111100', '【账号】请求URL账号格式不正确');
  }
  return headers['content-length'] ? undefined : reject('160030', '请求包体为空');
}
/** The checks of `Authorization` and `sig`, in the order of the platform. */
export function checkSignature(
  authorization: string | undefined,
  sig: string | null,
  account: GatewayAccount,
) {
  if (!authorization) return reject('111101', '【账号】请求包头Authorization参数为空');
  const [sid, timestamp, ...rest] = Buffer.from(authorization, 'base64').toString().split(':');
  if (timestamp === undefined || rest.length > 0) {
    return reject('111103', '【账号】请求包头Authorization参数解码后格式有误');
  }
  const instantMs = /^\d{14}$/.test(timestamp) ? instantOfChinaTime(timestamp) : undefined;
  if (instantMs === undefined) return reject('111113', '【账号】Authorization中时间戳格式有误');
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

/** `body` is `undefined` if it is not readable. */
export function checkBody(
  body: Partial<Record<keyof TemplateSmsBody, unknown>> | undefined,
  account: GatewayAccount,
): Rejection | undefined {
  if (body === undefined) return reject('160031', '参数解析失败');
  if (body.appId !== account.appId) return reject('111181', '【账号】应用不存在');
  const numbers = typeof body.to === 'string' ? body.to.split(',') : [];
  if (numbers.length === 0 || !numbers.every((number) => /^1\d{10}$/.test(number)))
    return reject('160042', '号码格式有误');
  if (numbers.length > MAX_NUMBERS) return reject('160048', `号码数超${MAX_NUMBERS}限制`);
  if (!/^\d+$/.test(String(body.templateId))) return reject('160057', '短信模板ID要求为数字');
  if (String(body.templateId) !== account.templateId) return reject('160032', '短信模板无效');
  const { datas, reqId } = body;
  if (!Array.isArray(datas) || datas.length < 2 || !datas.every((value) => /^\d+$/.test(String(value)))) {
    return reject('160069', '测试模板变量非数字');
  }
  if (reqId !== undefined && !/^[a-zA-Z0-9]{1,32}$/.test(String(reqId))) {
    return reject('160055', '请求reqId超长');
  }
  return undefined;
}
