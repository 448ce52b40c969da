// The simulated platform of Yuntongxun: its checks, its answers in JSON and XML, its limits and its delivery reports.

import { chinaTimestamp } from '../../../../common/china-time.ts';
import type {
  AcceptedSms,
  CheckedRequest,
  GatewayRequest,
  GatewayResponse,
  NumberLimit,
  ProviderSimulation,
  ProviderSimulationDefinition,
  SimulatedRejection,
} from '../../../simulator/provider-simulation.ts';
import { ACCEPTED } from '../status-code.ts';
import type { yuntongxunProvider } from '../yuntongxun-provider.ts';
import {
  checkBody,
  checkHeaders,
  checkSignature,
  type GatewayAccount,
  type Rejection,
  reject,
} from './checks.ts';
import { readTemplateSms, writeAnswer } from './forms.ts';
import { RequestIds } from './request-ids.ts';

/** The platform publishes no numbers. These are limits of the simulator. */
const NUMBER_LIMITS: readonly NumberLimit[] = [
  { windowSeconds: 60, limit: 1, rejection: 'limit_minute' },
  { windowSeconds: 24 * 60 * 60, limit: 10, rejection: 'limit_day' },
];

const REJECTIONS: Readonly<Record<SimulatedRejection, Rejection>> = {
  recipient: reject('160034', '号码黑名单'),
  limit_minute: reject('160038', '短信验证码发送过频繁'),
  limit_hour: reject('160015', '限制对单号码的发送次数'),
  limit_day: reject('160040', '验证码超出同模板同号码天发送上限'),
  account: reject('160014', '短信通道余额不足'),
  content: reject('160032', '短信模板无效'),
  throttled: reject('160001', '短信通道繁忙'),
  system_error: reject('160050', '短信发送失败'),
};

/** Any version of the API. Only the current one exists. */
const PATH = /^\/\d{4}-\d\d-\d\d\//;

export const yuntongxunSimulation: ProviderSimulationDefinition<(typeof yuntongxunProvider)['settings']> = {
  demoSettings: {
    YUNTONGXUN_ACCOUNT_SID: '8a216da85f0000000000000000000001',
    YUNTONGXUN_AUTH_TOKEN: '0123456789abcdef0123456789abcdef',
    YUNTONGXUN_APP_ID: '8a216da85f0000000000000000000002',
  },
  create: (settings) =>
    simulateYuntongxun(
      {
        accountSid: settings.YUNTONGXUN_ACCOUNT_SID ?? '',
        authToken: settings.YUNTONGXUN_AUTH_TOKEN ?? '',
        appId: settings.YUNTONGXUN_APP_ID ?? '',
        templateId: settings.YUNTONGXUN_TEMPLATE_ID,
      },
      settings.YUNTONGXUN_REPORT_SECRET,
    ),
};

/** @param reportSecret the end of the path of reports. `undefined`: the platform sends none. */
export function simulateYuntongxun(
  account: GatewayAccount,
  reportSecret: string | undefined,
): ProviderSimulation {
  const requestIds = new RequestIds();

  function check(request: GatewayRequest): CheckedRequest {
    const body = readTemplateSms(request.body);
    const rejection =
      checkHeaders(request, request.headers, account) ??
      checkSignature(request.headers.authorization, request.query.get('sig'), account) ??
      (request.body === '' ? reject('160030', '请求包体为空') : checkBody(body, account)) ??
      (body?.reqId !== undefined && requestIds.isUsed(body.reqId, request.receivedAtMs)
        ? reject('160054', '请求重复')
        : undefined);
    if (rejection || body === undefined)
      return { kind: 'answered', response: answer(rejection ?? reject('160031', '参数解析失败'), request) };
    const [code = '', minutes = ''] = (body.datas as readonly unknown[]).map(String);
    const text = `【云通讯】您使用的是云通讯短信模板，您的验证码是${code}，请于${minutes}分钟内正确输入`;
    const attemptId = typeof body.reqId === 'string' ? body.reqId : undefined;
    const [mobile = '', ...furtherMobiles] = String(body.to).split(',');
    return { kind: 'sms', sms: { mobile, furtherMobiles, code, text, attemptId } };
  }

  return {
    basePath: '',
    recognizes: ({ path }) => PATH.test(path),
    check,
    accept(sms, smsMessageSid, request) {
      requestIds.use(sms.attemptId, request.receivedAtMs);
      return answer(
        {
          statusCode: ACCEPTED,
          sms: { smsMessageSid, dateCreated: chinaTimestamp(request.receivedAtMs) },
        },
        request,
      );
    },
    reject: (rejection, _sms, request) => answer(REJECTIONS[rejection], request),
    numberLimits: NUMBER_LIMITS,
    reportPath: reportSecret === undefined ? undefined : `/yuntongxun/${reportSecret}`,
    report,
  };
}

/** Like the platform, it rejects with HTTP status 200. The form is that of the header `Accept`. */
function answer(facts: Parameters<typeof writeAnswer>[0], { headers }: GatewayRequest): GatewayResponse {
  return { status: 200, ...writeAnswer(facts, /\bxml\b/.test(headers.accept ?? '')) };
}

function report({ messageId, mobile, acceptedAtMs, attemptId, state }: AcceptedSms, nowMs: number) {
  const isDelivered = state === 'delivered';
  const Request = {
    action: 'SMSArrived',
    smsType: '1',
    apiVersion: '2013-12-26',
    content: messageId,
    fromNum: mobile,
    dateSent: chinaTimestamp(acceptedAtMs),
    recvTime: chinaTimestamp(nowMs),
    status: isDelivered ? '0' : '1',
    deliverCode: isDelivered ? 'DELIVRD' : 'UNDELIV',
    reqId: attemptId ?? '',
  };
  return {
    headers: { 'content-type': 'application/json;charset=utf-8' },
    body: JSON.stringify({ Request }),
  };
}
