// The simulated platform of Aliyun SMS: its checks, answers, limits and delivery reports.

import type { SettingValues } from '../../../../config/env.ts';
import type {
  AcceptedSms,
  CheckedRequest,
  GatewayRequest,
  GatewayResponse,
  NumberLimit,
  ProviderSimulation,
  ProviderSimulationDefinition,
  SimulatedRejection,
  SimulatedSms,
} from '../../../simulator/provider-simulation.ts';
import { ACCEPTED } from '../aliyun-codes.ts';
import type { aliyunProvider } from '../aliyun-provider.ts';
import { answerWithGatewayError, answerWithResult, type GatewayError, gatewayError } from './answers.ts';
import { readCall } from './call.ts';
import { checkCall, Nonces } from './check-call.ts';
import { checkSms } from './check-sms.ts';
import { answerSendDetails, writtenTime } from './send-details.ts';

type AliyunSettings = (typeof aliyunProvider)['settings'];

/** Of one signature and one number. */
const NUMBER_LIMITS: readonly NumberLimit[] = [
  { windowSeconds: 60, limit: 1, rejection: 'limit_minute' },
  { windowSeconds: 60 * 60, limit: 5, rejection: 'limit_hour' },
  { windowSeconds: 24 * 60 * 60, limit: 10, rejection: 'limit_day' },
];

const NUMBER_LIMIT = 'isv.BUSINESS_LIMIT_CONTROL';
type Rejection = readonly [code: string, message: string];

const REJECTIONS: Readonly<Record<Exclude<SimulatedRejection, 'throttled'>, Rejection>> = {
  recipient: ['isv.CUSTOMER_REFUSED', '用户已退订'],
  limit_minute: [NUMBER_LIMIT, '触发分钟级流控Permits:1'],
  limit_hour: [NUMBER_LIMIT, '触发小时级流控Permits:5'],
  limit_day: [NUMBER_LIMIT, '触发天级流控Permits:10'],
  account: ['isv.AMOUNT_NOT_ENOUGH', '账户余额不足'],
  content: ['isv.SMS_CONTENT_ILLEGAL', '短信内容包含禁止发送内容'],
  system_error: ['isp.SYSTEM_ERROR', '系统错误'],
};

export const aliyunSimulation: ProviderSimulationDefinition<AliyunSettings> = {
  demoSettings: {
    ALIYUN_ACCESS_KEY_ID: 'LTAIsimulated',
    ALIYUN_ACCESS_KEY_SECRET: 'simulated-access-key-secret',
    ALIYUN_SIGN_NAME: '验证',
    ALIYUN_TEMPLATE_CODE: 'SMS_100000000',
  },
  create(settings, sentTo): ProviderSimulation {
    const secret = settings.ALIYUN_REPORT_SECRET;
    const nonces = new Nonces();
    return {
      // The platform has no path either: the SDKs of the vendor cannot set one.
      basePath: '',
      recognizes: (request) => readCall(request) !== undefined,
      check: (request) => check(request, settings, nonces, sentTo),
      accept: (_sms, messageId) => answerWithResult(ACCEPTED, 'OK', { BizId: messageId }),
      reject,
      numberLimits: NUMBER_LIMITS,
      reportPath: secret === undefined ? undefined : `/aliyun/${secret}`,
      report,
    };
  },
};

function check(
  request: GatewayRequest,
  settings: SettingValues<AliyunSettings>,
  nonces: Nonces,
  sentTo: (mobile: string) => readonly AcceptedSms[],
): CheckedRequest {
  const call = readCall(request);
  const account = {
    accessKeyId: settings.ALIYUN_ACCESS_KEY_ID ?? '',
    accessKeySecret: settings.ALIYUN_ACCESS_KEY_SECRET ?? '',
  };
  const failWith = (error: GatewayError): CheckedRequest => ({
    kind: 'answered',
    response: answerWithGatewayError(error, request.headers.host),
  });
  if (call === undefined)
    return failWith(gatewayError(400, 'MissingAction', 'The request is missing the parameter Action.'));
  const error = checkCall(call, account, nonces, request.receivedAtMs);
  if (error !== undefined) return failWith(error);
  if (call.action === 'QuerySendDetails')
    return { kind: 'answered', response: answerSendDetails(call.parameters, sentTo) };
  return checkSms(call.parameters, {
    signName: settings.ALIYUN_SIGN_NAME ?? '',
    templateCode: settings.ALIYUN_TEMPLATE_CODE ?? '',
  });
}

function reject(
  rejection: SimulatedRejection,
  _sms: SimulatedSms,
  { headers }: GatewayRequest,
): GatewayResponse {
  if (rejection === 'throttled') {
    const error = gatewayError(400, 'Throttling.User', 'Request was denied due to user flow control.');
    return answerWithGatewayError(error, headers.host);
  }
  return answerWithResult(...REJECTIONS[rejection]);
}

function report(sms: AcceptedSms, nowMs: number) {
  const isDelivered = sms.state === 'delivered';
  const element = {
    phone_number: sms.mobile,
    send_time: writtenTime(sms.acceptedAtMs),
    report_time: writtenTime(nowMs),
    success: isDelivered,
    err_code: isDelivered ? 'DELIVERED' : 'MOBILE_NOT_ON_SERVICE',
    err_msg: isDelivered ? '用户接收成功' : '停机或空号',
    sms_size: '1',
    biz_id: sms.messageId,
    out_id: sms.attemptId ?? '',
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify([element]) };
}
