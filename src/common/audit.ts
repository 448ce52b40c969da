// The port through which features write the audit log: the events and their facts.

import type { Mobile } from './phone-number.ts';
import type { RequestContext } from './request-context.ts';

/** The request that caused an event. */
export type Caller = Pick<RequestContext, 'requestId' | 'clientAddress'>;

interface MobileFacts {
  readonly mobile: Mobile;
  readonly purpose: string;
}

interface SmsFacts extends MobileFacts {
  /** The name of the delivery record, with which the ids of the attempts begin. */
  readonly delivery: string;
}

/** The facts of each event. Many people read the log: no code, captcha answer or token is a fact. */
export interface AuditEvents {
  readonly captcha_issued:
    | { readonly captcha: 'image' }
    | { readonly captcha: 'proof_of_work'; readonly largestCounter: number };
  readonly captcha_redeemed: { readonly outcome: 'correct' | 'mismatch' | 'expired' };
  readonly code_requested: MobileFacts;
  readonly code_sent: SmsFacts & {
    readonly outcome: 'accepted';
    readonly provider: string;
    readonly messageId: string;
  };
  readonly code_not_sent: SmsFacts & {
    readonly outcome: 'rejected' | 'unknown';
    readonly provider?: string;
    readonly cause?: string | undefined;
    readonly reason: string;
    readonly retryAfterSeconds?: number | undefined;
    readonly unreachable?: true | undefined;
  };
  /** A provider rejected the SMS, and the next one tried. */
  readonly sms_failover: SmsFacts & {
    readonly provider: string;
    readonly cause: string;
    readonly reason: string;
  };
  /** A provider reported what became of an SMS. No client causes this event. */
  readonly sms_reported: {
    readonly provider: string;
    /** The id of the attempt, which begins with the name of the delivery record. */
    readonly attemptId: string | undefined;
    readonly status: string;
    /** Whether it was applied, or why not. */
    readonly result: string;
    readonly reportCode: string;
    readonly cause: string | undefined;
    readonly secondsToDelivery: number | undefined;
  };
  readonly sms_suppressed: MobileFacts;
  readonly test_mobile_used: MobileFacts & { readonly operation: string };
  readonly verify_ok: MobileFacts;
  readonly verify_failed: MobileFacts & { readonly reason: 'code_mismatch' | 'code_expired' };
  readonly verification_locked: MobileFacts;
  readonly user_registered: { readonly mobile: Mobile; readonly userId: string };
  /** The guard decided about an SMS. In the mode `observe` one that was rejected is sent nevertheless. */
  readonly guard_decision: MobileFacts & {
    readonly mode: string;
    readonly lane: string;
    readonly decision: 'passed' | 'rejected';
    readonly openHour: number;
    readonly lineHour: number;
    readonly openDay: number;
    readonly lineDay: number;
  };
  readonly rate_limit_exceeded: Partial<MobileFacts> & {
    readonly scope: string;
    readonly rule: string;
  };
}

export type AuditEvent = keyof AuditEvents;
/** The events without a request of a client. */
type EventWithoutCaller = 'sms_reported';
export type AuditFacts<Event extends AuditEvent> = AuditEvents[Event] &
  (Event extends EventWithoutCaller ? object : { readonly caller: Caller });

/** Records one event. */
export type Audit = <Event extends AuditEvent>(event: Event, facts: AuditFacts<Event>) => void;
