// What the codes of Aliyun's delivery reports say about an SMS that was not delivered ("状态码" of SmsReport).

import type { UndeliveredCause } from '../../delivery-report.ts';
import type { RejectionCause } from '../../sms-sender.ts';
import { rejectionRule } from './aliyun-codes.ts';

const CAUSES: Readonly<Record<string, UndeliveredCause>> = {
  CONTENT_ERROR: 'content', // lacks a notice that the carrier prescribes
  CONTENT_KEYWORD: 'content', // a word that the carrier blocks
  INVALID_NUMBER: 'recipient_invalid',
  IS_CLOSE: 'carrier', // the channel to the carrier is closed
  MOBILE_ACCOUNT_ABNORMAL: 'recipient_unreachable', // in arrears, or moved to another carrier
  MOBILE_IN_BLACK: 'recipient_blocked', // opted out, or blocked by the carrier
  MOBILE_NOT_ON_SERVICE: 'recipient_unreachable', // powered off, out of service, or not assigned
  MOBILE_SEND_LIMIT: 'limit',
  MOBILE_TERMINAL_ERROR: 'recipient_unreachable', // the phone could not store it
  MOBLLE_TERMINAL_ERROR: 'recipient_unreachable', // the spelling of the platform
  NO_ROUTE: 'carrier',
  PARAMS_ILLEGAL: 'content',
  REQUEST_SUCCESS: 'recipient_unreachable', // handed over, but the carrier has sent no report
  SIGNATURE_BLACKLIST: 'content',
  SP_NOT_BY_INTER_SMS: 'recipient_unreachable', // the owner has no such service
  SP_UNKNOWN_ERROR: 'carrier',
  USER_REJECT: 'recipient_blocked',
  'isv.CUSTOMER_REFUSED': 'recipient_blocked',
};

/** The codes of SendSms can also come in a report, after the answer was `OK`. */
const CAUSES_OF_REJECTIONS: Readonly<Record<RejectionCause, UndeliveredCause>> = {
  recipient: 'recipient_invalid',
  limit: 'limit',
  account: 'account',
  content: 'content',
  provider: 'account', // a limit of the account as a whole
};

/** @param message the sentence of the report. */
export function causeOfReport(code: string, message: string): UndeliveredCause {
  const cause = Object.hasOwn(CAUSES, code) ? CAUSES[code] : undefined;
  const rule = rejectionRule(code, message);
  return cause ?? (rule && CAUSES_OF_REJECTIONS[rule.cause]) ?? 'unspecified';
}
