// The port through which features write the audit log: the events and their facts.

import type { Mobile } from './phone-number.ts';
import type { RequestContext } from './request-context.ts';

/** The request that caused an event. */
export type Caller = Pick<RequestContext, 'requestId' | 'clientAddress'>;

interface MobileFacts {
  readonly mobile: Mobile;
  readonly purpose: string;
}

/** The facts of each event. Many people read the log: no code, captcha answer or token is a fact. */
export interface AuditEvents {
  readonly captcha_issued: object;
  readonly captcha_redeemed: { readonly outcome: 'correct' | 'mismatch' | 'expired' };
  readonly code_requested: MobileFacts;
  readonly code_sent: MobileFacts & { readonly outcome: 'accepted'; readonly messageId: string };
  readonly code_not_sent: MobileFacts & {
    readonly outcome: 'rejected' | 'unknown';
    readonly reason: string;
    readonly retryAfterSeconds?: number | undefined;
    readonly unreachable?: true | undefined;
  };
  readonly sms_suppressed: MobileFacts;
  readonly verify_ok: MobileFacts;
  readonly verify_failed: MobileFacts & { readonly reason: 'code_mismatch' | 'code_expired' };
  readonly verification_locked: MobileFacts;
  readonly user_registered: { readonly mobile: Mobile; readonly userId: string };
  readonly rate_limit_exceeded: Partial<MobileFacts> & { readonly scope: string };
}

export type AuditEvent = keyof AuditEvents;
export type AuditFacts<Event extends AuditEvent> = { readonly caller: Caller } & AuditEvents[Event];

/** Records one event. */
export type Audit = <Event extends AuditEvent>(event: Event, facts: AuditFacts<Event>) => void;
