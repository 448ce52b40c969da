// The codes of Aliyun, and the outcome that each one means.

import { describe, expect, it } from '@jest/globals';
import { rejectionRule } from '../../src/sms/providers/aliyun/aliyun-codes.ts';
import { outcomeOfCode } from '../../src/sms/providers/common/answer-code.ts';

/** 00:30 in China: a day of the calendar ends 23.5 hours later, an hour in half an hour. */
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const SOON = 10;
const NEXT_DAY = 84_600;

const isv = (...names: string[]) => names.map((name) => `isv.${name}`);
const account = (fault: string) => ({ cause: 'account', fault, retryAfterSeconds: SOON });
const content = (fault: string) => ({ cause: 'content', fault, retryAfterSeconds: SOON });

const REJECTED: readonly (readonly [what: string, codes: readonly string[], outcome: object])[] = [
  [
    'the recipient',
    isv('MOBILE_NUMBER_ILLEGAL', 'CUSTOMER_REFUSED'),
    { cause: 'recipient', retryAfterSeconds: SOON },
  ],
  [
    'throttled requests',
    ['Throttling', 'Throttling.User', 'Throttling.Api', 'Throttling.New'],
    { cause: 'provider', retryAfterSeconds: SOON },
  ],
  [
    'a limit of the account',
    isv('DAY_LIMIT_CONTROL', 'MONTH_LIMIT_CONTROL'),
    { cause: 'provider', retryAfterSeconds: NEXT_DAY },
  ],
  ['the balance', isv('AMOUNT_NOT_ENOUGH', 'OUT_OF_SERVICE'), account('balance')],
  ['a suspended account', isv('ACCOUNT_ABNORMAL', 'SECURITY_FROZEN_ACCOUNT'), account('account_suspended')],
  [
    'a service that is not activated',
    isv('PRODUCT_UN_SUBSCRIPT', 'PRODUCT_UNSUBSCRIBE'),
    account('not_activated'),
  ],
  ["the caller's address", isv('DENY_IP_RANGE'), account('ip_not_allowed')],
  [
    'the credentials',
    [
      'isv.ACCOUNT_NOT_EXISTS',
      'isp.RAM_PERMISSION_DENY',
      'SignatureDoesNotMatch',
      ...['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId.Inactive', 'InvalidAccessKeyId.New'],
    ],
    account('credentials'),
  ],
  [
    'the clock, the version or a missing parameter',
    [
      ...['InvalidTimeStamp.Expired', 'InvalidVersion', 'InvalidAction.NotFound'],
      ...['MissingPhoneNumbers', 'MissingSignName', 'MissingParameter', 'MissingParameter.New'],
    ],
    account('request'),
  ],
  [
    'the signature of the SMS',
    isv(
      ...['SMS_SIGNATURE_ILLEGAL', 'SIGN_STATE_ILLEGAL', 'SMS_SIGN_ILLEGAL', 'SMS_SIGNATURE_SCENE_ILLEGAL'],
      ...['SMS_TEST_NUMBER_LIMIT', 'SMS_TEST_SIGN_TEMPLATE_LIMIT'],
    ),
    content('signature'),
  ],
  [
    'the template and its variable',
    [
      ...isv('SMS_TEMPLATE_ILLEGAL', 'TEMPLATE_MISSING_PARAMETERS', 'TEMPLATE_PARAMS_ILLEGAL'),
      ...isv('PARAM_LENGTH_LIMIT', 'PARAM_NOT_SUPPORT_URL', 'SMS_CONTENT_ILLEGAL', 'UNSUPPORTED_CONTENT'),
      ...isv('BLACK_KEY_CONTROL_LIMIT', 'DOMESTIC_NUMBER_NOT_SUPPORTED'),
      'template_parameter_count_illegal',
    ],
    content('template'),
  ],
  [
    'the form of the request',
    isv('INVALID_JSON_PARAM', 'EXTEND_CODE_ERROR', 'INVALID_PARAMETERS'),
    content('request'),
  ],
];

const UNKNOWN: readonly string[] = [
  ...['isp.SYSTEM_ERROR', 'isp.GATEWAY_ERROR', 'InternalError', 'ServiceUnavailable', 'SignatureNonceUsed'],
  ...['isv.NEW', 'isp.NEW', 'isv', 'InvalidAccessKeyId', 'InvalidVersion.New', 'SignatureDoesNotMatch.New'],
  ...['', 'OK', 'Ok', 'Missing', 'Throttling.', 'Throttling.A.B', 'ThrottlingNew', 'Throttling.User\n'],
  ...['isv.MOBILE_NUMBER_ILLEGAL ', 'ISV.MOBILE_NUMBER_ILLEGAL', 'isv.mobile_number_illegal'],
  ...['constructor', 'toString', '__proto__'],
];

describe('a code of Aliyun', () => {
  const outcomeOf = (code: string, message = '') => outcomeOfCode(rejectionRule(code, message), code, NOW_MS);

  it.each(REJECTED)('about %s means that the SMS is rejected', (_what, codes, outcome) => {
    for (const code of codes) expect(outcomeOf(code)).toEqual({ kind: 'rejected', reason: code, ...outcome });
  });

  it.each([
    ['触发分钟级流控Permits:1', 60],
    ['触发小时级流控Permits:5', 1800],
    ['触发天级流控Permits:10', 86_400],
    ['triggered', 60],
    ['', 60],
  ])('about the limit of a number with the message %j means a wait of %d s', (message, seconds) => {
    const code = 'isv.BUSINESS_LIMIT_CONTROL';
    expect(outcomeOf(code, message)).toEqual({
      kind: 'rejected',
      cause: 'limit',
      reason: code,
      retryAfterSeconds: seconds,
    });
  });

  it.each(UNKNOWN)('%j leaves the outcome unknown', (code) => {
    expect(outcomeOf(code)).toEqual({ kind: 'unknown', reason: code });
  });
});
