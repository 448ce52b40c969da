// The simulated platform of Tencent Cloud SMS: its checks, answers, limits and delivery reports.

import { chinaTimestamp } from '../../../../common/china-time.ts';
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
import { ACCEPTED } from '../tencent-codes.ts';
import type { tencentProvider } from '../tencent-provider.ts';
import { answerWithError, answerWithStatus } from './answers.ts';
import { checkBody } from './check-body.ts';
import { checkHeaders } from './check-signature.ts';

type TencentSettings = (typeof tencentProvider)['settings'];

/** By default the platform accepts two SMS a day for one number. This account has raised that in the console. */
const NUMBER_LIMITS: readonly NumberLimit[] = [
  { windowSeconds: 30, limit: 1, rejection: 'limit_minute' },
  { windowSeconds: 24 * 60 * 60, limit: 10, rejection: 'limit_day' },
];

const REJECTION_CODES: Readonly<Record<SimulatedRejection, string>> = {
  recipient: 'FailedOperation.PhoneNumberInBlacklist',
  limit_minute: 'LimitExceeded.PhoneNumberThirtySecondLimit',
  limit_hour: 'LimitExceeded.PhoneNumberOneHourLimit',
  limit_day: 'LimitExceeded.PhoneNumberDailyLimit',
  account: 'FailedOperation.InsufficientBalanceInSmsPackage',
  content: 'FailedOperation.ContainSensitiveWord',
  throttled: 'RequestLimitExceeded',
  system_error: 'InternalError.Timeout',
};

export const tencentSimulation: ProviderSimulationDefinition<TencentSettings> = {
  demoSettings: {
    TENCENT_SECRET_ID: 'AKIDsimulated',
    TENCENT_SECRET_KEY: 'simulated-secret-key',
    TENCENT_SDK_APP_ID: '1400000000',
    TENCENT_SIGN_NAME: '验证',
    TENCENT_TEMPLATE_ID: '1000000',
  },
  create(settings): ProviderSimulation {
    const secret = settings.TENCENT_REPORT_SECRET;
    return {
      // The platform has no path either: the SDKs of the vendor cannot set one.
      basePath: '',
      recognizes: ({ headers }) => headers['x-tc-action'] !== undefined,
      check: (request) => check(request, settings),
      accept,
      reject,
      numberLimits: NUMBER_LIMITS,
      reportPath: secret === undefined ? undefined : `/tencent/${secret}`,
      report,
    };
  },
};

function check(request: GatewayRequest, settings: SettingValues<TencentSettings>): CheckedRequest {
  const error = checkHeaders(request, {
    secretId: settings.TENCENT_SECRET_ID ?? '',
    secretKey: settings.TENCENT_SECRET_KEY ?? '',
  });
  if (error !== undefined) return { kind: 'answered', response: answerWithError(error) };
  return checkBody(request.body, {
    sdkAppId: settings.TENCENT_SDK_APP_ID ?? '',
    signName: settings.TENCENT_SIGN_NAME ?? '',
    templateId: settings.TENCENT_TEMPLATE_ID ?? '',
  });
}

function accept(sms: SimulatedSms, messageId: string): GatewayResponse {
  const result = { SerialNo: messageId, Fee: 1, Code: ACCEPTED, Message: 'send success' };
  return answerWithStatus({ ...identityOf(sms), ...result });
}

function reject(rejection: SimulatedRejection, sms: SimulatedSms): GatewayResponse {
  const result = { Code: REJECTION_CODES[rejection], Message: 'rejected by the simulator' };
  return rejection === 'throttled'
    ? answerWithError(result)
    : answerWithStatus({ ...identityOf(sms), SerialNo: '', Fee: 0, ...result });
}

function identityOf({ mobile, attemptId = '' }: SimulatedSms) {
  return { PhoneNumber: `+86${mobile}`, SessionContext: attemptId };
}

/** With `ext`, which the platform sends after its support has turned it on. */
function report(sms: AcceptedSms, nowMs: number) {
  const isDelivered = sms.state === 'delivered';
  const row = {
    user_receive_time: chinaTimestamp(nowMs).replace(
      /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/,
      '$1-$2-$3 $4:$5:$6',
    ),
    nationcode: '86',
    mobile: sms.mobile,
    report_status: isDelivered ? 'SUCCESS' : 'FAIL',
    errmsg: isDelivered ? 'DELIVRD' : 'UNDELIV',
    description: isDelivered ? '用户短信送达成功' : '用户短信接收失败',
    sid: sms.messageId,
    ext: sms.attemptId ?? '',
  };
  return { headers: { 'content-type': 'application/json' }, body: JSON.stringify([row]) };
}
