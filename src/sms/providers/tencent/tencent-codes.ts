// What the codes of Tencent Cloud SMS mean for one SMS (error codes of SendSms and of the API 3.0, version 2021-01-11).

import type { RejectionRule } from '../common/answer-code.ts';

/** The only code of success. */
export const ACCEPTED = 'Ok';

/** A group, and in most codes a name in it: `LimitExceeded.PhoneNumberDailyLimit`. */
export const CODE_FORM = /^([A-Za-z]+)(\.[A-Za-z0-9]+)?$/;

const credentials: RejectionRule = { cause: 'account', fault: 'credentials' };
const balance: RejectionRule = { cause: 'account', fault: 'balance' };
const malformed: RejectionRule = { cause: 'content', fault: 'request' };
const template: RejectionRule = { cause: 'content', fault: 'template' };
const recipient: RejectionRule = { cause: 'recipient', retry: 'soon' };
/** A limit of the account, not of one number. */
const accountDailyLimit: RejectionRule = { cause: 'provider', retry: 'next_day' };

const RULES: Readonly<Record<string, RejectionRule>> = {
  'FailedOperation.ContainSensitiveWord': template,
  'FailedOperation.FailResolvePacket': malformed,
  'FailedOperation.InsufficientBalanceInSmsPackage': balance,
  'FailedOperation.JsonParseFail': malformed,
  'FailedOperation.PhoneNumberInBlacklist': recipient,
  'FailedOperation.SignatureIncorrectOrUnapproved': { cause: 'content', fault: 'signature' },
  'FailedOperation.TemplateIncorrectOrUnapproved': template,
  'FailedOperation.TemplateParamSetNotMatchApprovedTemplate': template,
  'FailedOperation.TemplateUnapprovedOrNotExist': template,
  // The clocks differ by more than ten minutes.
  'InternalError.RequestTimeException': { cause: 'account', fault: 'request' },
  'InternalError.RestApiInterfaceNotExist': { cause: 'account', fault: 'request' },
  'InternalError.SigFieldMissing': credentials,
  'InternalError.SigVerificationFail': credentials,
  'InvalidParameterValue.ContentLengthLimit': template,
  'InvalidParameterValue.IncorrectPhoneNumber': recipient,
  'InvalidParameterValue.InvalidTemplateFormat': template,
  'InvalidParameterValue.ProhibitedUseUrlInTemplateParameter': template,
  'InvalidParameterValue.SdkAppIdNotExist': credentials,
  'InvalidParameterValue.TemplateParameterFormatError': template,
  'InvalidParameterValue.TemplateParameterLengthLimit': template,
  'InvalidParameterValue.TemplateWithDirtyWords': template,
  'LimitExceeded.AppDailyLimit': accountDailyLimit,
  'LimitExceeded.AppMainlandChinaDailyLimit': accountDailyLimit,
  'LimitExceeded.DeliveryFrequencyLimit': { cause: 'limit', retry: 'after_a_minute' },
  'LimitExceeded.PhoneNumberDailyLimit': { cause: 'limit', retry: 'next_day' },
  'LimitExceeded.PhoneNumberOneHourLimit': { cause: 'limit', retry: 'next_hour' },
  'LimitExceeded.PhoneNumberSameContentDailyLimit': { cause: 'limit', retry: 'next_day' },
  'LimitExceeded.PhoneNumberThirtySecondLimit': { cause: 'limit', retry: 'after_a_minute' },
  MissingParameter: malformed,
  RequestLimitExceeded: { cause: 'provider', retry: 'soon' },
  'UnauthorizedOperation.RequestIpNotInWhitelist': { cause: 'account', fault: 'ip_not_allowed' },
  'UnauthorizedOperation.SdkAppIdIsDisabled': { cause: 'account', fault: 'account_suspended' },
  // The platform spells it in both ways.
  'UnauthorizedOperation.SerivceSuspendDueToArrears': balance,
  'UnauthorizedOperation.ServiceSuspendDueToArrears': balance,
};

/** For the codes of a group that have no rule of their own: all that begin with `<group>.`. */
const RULES_OF_GROUPS: Readonly<Record<string, RejectionRule>> = {
  AuthFailure: credentials,
  InvalidParameterValue: malformed,
  MissingParameter: malformed,
  RequestLimitExceeded: { cause: 'provider', retry: 'soon' },
  UnauthorizedOperation: credentials,
  // The template is not one for codes to mainland numbers.
  UnsupportedOperation: template,
};

/**
 * The rule of a code that means: the SMS was certainly not sent.
 * @returns `undefined` if the SMS may have been sent: time-outs and unspecified errors of the platform, and every unknown
 *   code.
 */
export function rejectionRule(code: string): RejectionRule | undefined {
  if (Object.hasOwn(RULES, code)) return RULES[code];
  const [, group = '', name] = CODE_FORM.exec(code) ?? [];
  return name !== undefined && Object.hasOwn(RULES_OF_GROUPS, group) ? RULES_OF_GROUPS[group] : undefined;
}
