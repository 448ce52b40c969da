// What the codes of Aliyun SMS mean for one SMS (error codes of the API SendSms and of the OpenAPI gateway).

import type { RejectionRule } from '../common/answer-code.ts';

/** The only code of success. */
export const ACCEPTED = 'OK';

/** A group, and in most codes a name in it: `isv.MOBILE_NUMBER_ILLEGAL`, `InvalidAccessKeyId.NotFound`. */
export const CODE_FORM = /^[A-Za-z][A-Za-z_]*(\.[A-Za-z0-9_]+)*$/;

const balance: RejectionRule = { cause: 'account', fault: 'balance' };
const suspended: RejectionRule = { cause: 'account', fault: 'account_suspended' };
const notActivated: RejectionRule = { cause: 'account', fault: 'not_activated' };
const credentials: RejectionRule = { cause: 'account', fault: 'credentials' };
/** The gateway does not understand the request: its clock, its version or its parameters. */
const request: RejectionRule = { cause: 'account', fault: 'request' };
const signature: RejectionRule = { cause: 'content', fault: 'signature' };
const template: RejectionRule = { cause: 'content', fault: 'template' };
const malformed: RejectionRule = { cause: 'content', fault: 'request' };
const recipient: RejectionRule = { cause: 'recipient', retry: 'soon' };
const throttled: RejectionRule = { cause: 'provider', retry: 'soon' };
/** A limit that the operator sets in the console for the account as a whole. */
const accountLimit: RejectionRule = { cause: 'provider', retry: 'next_day' };

const NUMBER_LIMIT = 'isv.BUSINESS_LIMIT_CONTROL';

/** The message of `isv.BUSINESS_LIMIT_CONTROL` names the limit of the number. */
const NUMBER_LIMITS: readonly (readonly [level: string, rule: RejectionRule])[] = [
  ['分钟级', { cause: 'limit', retry: 'after_a_minute' }],
  ['小时级', { cause: 'limit', retry: 'next_hour' }],
  ['天级', { cause: 'limit', retry: 'after_24_hours' }],
];
const UNNAMED_NUMBER_LIMIT: RejectionRule = { cause: 'limit', retry: 'after_a_minute' };

const RULES: Readonly<Record<string, RejectionRule>> = {
  'isp.RAM_PERMISSION_DENY': credentials,
  'isv.ACCOUNT_ABNORMAL': suspended,
  'isv.ACCOUNT_NOT_EXISTS': credentials,
  'isv.AMOUNT_NOT_ENOUGH': balance,
  // A word in a variable, not the number of the recipient.
  'isv.BLACK_KEY_CONTROL_LIMIT': template,
  'isv.CUSTOMER_REFUSED': recipient,
  'isv.DAY_LIMIT_CONTROL': accountLimit,
  'isv.DENY_IP_RANGE': { cause: 'account', fault: 'ip_not_allowed' },
  'isv.DOMESTIC_NUMBER_NOT_SUPPORTED': template,
  'isv.EXTEND_CODE_ERROR': malformed,
  'isv.INVALID_JSON_PARAM': malformed,
  'isv.INVALID_PARAMETERS': malformed,
  'isv.MOBILE_NUMBER_ILLEGAL': recipient,
  'isv.MONTH_LIMIT_CONTROL': accountLimit,
  'isv.OUT_OF_SERVICE': balance,
  'isv.PARAM_LENGTH_LIMIT': template,
  'isv.PARAM_NOT_SUPPORT_URL': template,
  'isv.PRODUCT_UNSUBSCRIBE': notActivated,
  'isv.PRODUCT_UN_SUBSCRIPT': notActivated,
  'isv.SECURITY_FROZEN_ACCOUNT': suspended,
  'isv.SIGN_STATE_ILLEGAL': signature,
  'isv.SMS_CONTENT_ILLEGAL': template,
  'isv.SMS_SIGNATURE_ILLEGAL': signature,
  'isv.SMS_SIGNATURE_SCENE_ILLEGAL': signature,
  'isv.SMS_SIGN_ILLEGAL': signature,
  'isv.SMS_TEMPLATE_ILLEGAL': template,
  // The signature or the template is the one for tests, which reaches registered numbers only.
  'isv.SMS_TEST_NUMBER_LIMIT': signature,
  'isv.SMS_TEST_SIGN_TEMPLATE_LIMIT': signature,
  'isv.TEMPLATE_MISSING_PARAMETERS': template,
  'isv.TEMPLATE_PARAMS_ILLEGAL': template,
  'isv.UNSUPPORTED_CONTENT': template,
  'InvalidAction.NotFound': request,
  // The clocks differ by more than 15 minutes.
  'InvalidTimeStamp.Expired': request,
  InvalidVersion: request,
  SignatureDoesNotMatch: credentials,
  // The template has another number of variables than one.
  template_parameter_count_illegal: template,
  Throttling: throttled,
};

/** Rules for the codes of a form that have no rule of their own. */
const RULES_OF_FORMS: readonly (readonly [form: RegExp, rule: RejectionRule])[] = [
  [/^InvalidAccessKeyId\.\w+$/, credentials],
  [/^Missing\w+(\.\w+)?$/, request],
  [/^Throttling\.\w+$/, throttled],
];

/**
 * The rule of a code that means: the SMS was certainly not sent.
 * @param message the sentence of the answer, which names the limit of a number.
 * @returns `undefined` if the SMS may have been sent: errors within the platform, a nonce that it has seen before, and every
 *   unknown code.
 */
export function rejectionRule(code: string, message: string): RejectionRule | undefined {
  if (code === NUMBER_LIMIT)
    return NUMBER_LIMITS.find(([level]) => message.includes(level))?.[1] ?? UNNAMED_NUMBER_LIMIT;
  if (Object.hasOwn(RULES, code)) return RULES[code];
  return RULES_OF_FORMS.find(([form]) => form.test(code))?.[1];
}
