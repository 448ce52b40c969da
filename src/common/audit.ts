// What happened, for whoever runs the service: one line in the log for each event, under a fixed name.

import type { KeyedHash } from './keyed-hash.ts';
import { type Mobile, maskMobile } from './phone-number.ts';
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

/** Who asked. */
export type Caller = Pick<RequestContext, 'requestId' | 'clientAddress'>;

export interface AuditFacts {
  readonly caller: Caller;
  readonly mobile?: Mobile;
  readonly [fact: string]: unknown;
}

/** Writes one event down. Give it facts that may be read by many: never a code, an answer or a token. */
export type Audit = (event: AuditEvent, facts: AuditFacts) => void;

/** A mobile is written masked, beside the keyed hash that follows one number through the log and names it in Redis. */
export function createAudit(hash: KeyedHash, write: (line: Record<string, unknown>) => void): Audit {
  return (event, { caller, mobile, ...facts }) =>
    write({
      event,
      requestId: caller.requestId,
      client_ip: caller.clientAddress,
      ...(mobile && { mobile: maskMobile(mobile), mobileHash: hash('mobile', mobile) }),
      ...facts,
    });
}
