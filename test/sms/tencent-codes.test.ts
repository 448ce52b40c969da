// The codes of Tencent Cloud, and the outcome that each one means.

import { describe, expect, it } from '@jest/globals';
import { outcomeOfCode } from '../../src/sms/providers/common/answer-code.ts';
import { rejectionRule } from '../../src/sms/providers/tencent/tencent-codes.ts';

/** 00:30 in China: daily limits are reset 23.5 hours later, hourly ones in half an hour. */
const NOW_MS = Date.parse('2026-03-01T16:30:00Z');
const SOON = 10;
const A_MINUTE = 60;
const NEXT_HOUR = 1800;
const NEXT_DAY = 84_600;

const all = (group: string, ...names: string[]) => names.map((name) => `${group}.${name}`);

const REJECTED: readonly (readonly [what: string, codes: readonly string[], outcome: object])[] = [
  [
    'the recipient',
    ['InvalidParameterValue.IncorrectPhoneNumber', 'FailedOperation.PhoneNumberInBlacklist'],
    { cause: 'recipient', retryAfterSeconds: SOON },
  ],
  [
    'SMS to one number within a short time',
    all('LimitExceeded', 'PhoneNumberThirtySecondLimit', 'DeliveryFrequencyLimit'),
    { cause: 'limit', retryAfterSeconds: A_MINUTE },
  ],
  [
    'SMS to one number within an hour',
    ['LimitExceeded.PhoneNumberOneHourLimit'],
    { cause: 'limit', retryAfterSeconds: NEXT_HOUR },
  ],
  [
    'SMS to one number within a day',
    all('LimitExceeded', 'PhoneNumberDailyLimit', 'PhoneNumberSameContentDailyLimit'),
    { cause: 'limit', retryAfterSeconds: NEXT_DAY },
  ],
  [
    'requests of the account',
    ['RequestLimitExceeded', ...all('RequestLimitExceeded', 'UinLimitExceeded', 'IPLimitExceeded')],
    { cause: 'provider', retryAfterSeconds: SOON },
  ],
  [
    'the SMS of the account within a day',
    all('LimitExceeded', 'AppDailyLimit', 'AppMainlandChinaDailyLimit'),
    { cause: 'provider', retryAfterSeconds: NEXT_DAY },
  ],
  [
    'the balance',
    [
      'FailedOperation.InsufficientBalanceInSmsPackage',
      ...all('UnauthorizedOperation', 'SerivceSuspendDueToArrears', 'ServiceSuspendDueToArrears'),
    ],
    { cause: 'account', fault: 'balance', retryAfterSeconds: SOON },
  ],
  [
    'the credentials',
    [
      ...all('AuthFailure', 'SignatureExpire', 'SignatureFailure', 'SecretIdNotFound', 'TokenFailure', 'New'),
      ...all('UnauthorizedOperation', 'SmsSdkAppIdVerifyFail', 'RequestPermissionDeny', 'New'),
      ...all('InternalError', 'SigVerificationFail', 'SigFieldMissing'),
      'InvalidParameterValue.SdkAppIdNotExist',
    ],
    { cause: 'account', fault: 'credentials', retryAfterSeconds: SOON },
  ],
  [
    'the application, which is disabled',
    ['UnauthorizedOperation.SdkAppIdIsDisabled'],
    { cause: 'account', fault: 'account_suspended', retryAfterSeconds: SOON },
  ],
  [
    "the caller's address",
    ['UnauthorizedOperation.RequestIpNotInWhitelist'],
    { cause: 'account', fault: 'ip_not_allowed', retryAfterSeconds: SOON },
  ],
  [
    'the clock or the interface',
    all('InternalError', 'RequestTimeException', 'RestApiInterfaceNotExist'),
    { cause: 'account', fault: 'request', retryAfterSeconds: SOON },
  ],
  [
    'the signature of the SMS',
    ['FailedOperation.SignatureIncorrectOrUnapproved'],
    { cause: 'content', fault: 'signature', retryAfterSeconds: SOON },
  ],
  [
    'the template and its variables',
    [
      ...all('FailedOperation', 'TemplateIncorrectOrUnapproved', 'TemplateUnapprovedOrNotExist'),
      ...all('FailedOperation', 'TemplateParamSetNotMatchApprovedTemplate', 'ContainSensitiveWord'),
      ...all('InvalidParameterValue', 'TemplateParameterFormatError', 'TemplateParameterLengthLimit'),
      ...all('InvalidParameterValue', 'ProhibitedUseUrlInTemplateParameter', 'ContentLengthLimit'),
      ...all('InvalidParameterValue', 'TemplateWithDirtyWords', 'InvalidTemplateFormat'),
      ...all('UnsupportedOperation', 'UnsuportedRegion', 'New'),
    ],
    { cause: 'content', fault: 'template', retryAfterSeconds: SOON },
  ],
  [
    'the form of the request',
    [
      ...all('FailedOperation', 'FailResolvePacket', 'JsonParseFail'),
      'MissingParameter',
      ...all('MissingParameter', 'EmptyPhoneNumberSet', 'New'),
      ...all('InvalidParameterValue', 'InvalidInternational', 'New'),
    ],
    { cause: 'content', fault: 'request', retryAfterSeconds: SOON },
  ],
];

const UNKNOWN: readonly string[] = [
  'InternalError',
  ...all('InternalError', 'Timeout', 'SendAndRecvFail', 'OtherError', 'UnknownError', 'JsonParseFail', 'New'),
  ...all('FailedOperation', 'OtherError', 'ParametersOtherError', 'New'),
  'FailedOperation',
  'ServiceUnavailable',
  ...all('LimitExceeded', 'DailyLimit', 'New'),
  'LimitExceeded',
  'InvalidParameter',
  'DryRunOperation',
  // Only with a name in their group.
  ...['AuthFailure', 'UnauthorizedOperation', 'InvalidParameterValue', 'UnsupportedOperation'],
];

const OF_ANOTHER_FORM: readonly string[] = [
  ...['', 'Ok', 'OK', 'ok', '1016', 'null', '.', 'AuthFailure.', '.SignatureFailure', 'authFailure.New'],
  ...[
    'AuthFailure.A.B',
    'AuthFailure. New',
    ' AuthFailure.New',
    'AuthFailure.New\n',
    'RequestLimitExceededX',
  ],
  ...['constructor', 'toString.New', '__proto__.New', 'failedoperation.phonenumberinblacklist'],
];

describe('a code of Tencent Cloud', () => {
  const outcomeOf = (code: string) => outcomeOfCode(rejectionRule(code), code, NOW_MS);

  it.each(REJECTED)('about %s means that the SMS is rejected', (_what, codes, outcome) => {
    for (const code of codes) expect(outcomeOf(code)).toEqual({ kind: 'rejected', reason: code, ...outcome });
  });

  it.each(UNKNOWN)('%s leaves the outcome unknown', (code) => {
    expect(outcomeOf(code)).toEqual({ kind: 'unknown', reason: code });
  });

  it.each(OF_ANOTHER_FORM)('in another form, like %j, leaves the outcome unknown', (code) => {
    expect(outcomeOf(code)).toEqual({ kind: 'unknown', reason: code });
  });
});
