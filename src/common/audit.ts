// The port through which features write the audit log.

import type { Mobile } from './phone-number.ts';
import type { RequestContext } from './request-context.ts';

export type AuditEvent =
  | 'captcha_issued'
  | 'captcha_redeemed'
  | 'code_requested'
  | 'code_sent'
  | 'code_not_sent'
  | 'sms_suppressed'
  | 'verify_ok'
  | 'verify_failed'
  | 'verification_locked'
  | 'user_registered'
  | 'rate_limit_exceeded';

/** The request that caused an event. */
export type Caller = Pick<RequestContext, 'requestId' | 'clientAddress'>;

export interface AuditFacts {
  readonly caller: Caller;
  readonly mobile?: Mobile;
  readonly [fact: string]: unknown;
}

/** Records one event. Facts may be read by many people: never pass a code, a captcha answer or a token. */
export type Audit = (event: AuditEvent, facts: AuditFacts) => void;
