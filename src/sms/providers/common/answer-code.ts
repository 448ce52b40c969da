// What the codes of a provider mean for one SMS. Each provider lists its codes as data with these types.

import { secondsUntilChinaMidnight, secondsUntilNextHour } from '../../../common/china-time.ts';
import type { OperatorFault, RejectionCause, SmsOutcome } from '../../sms-sender.ts';

/** When another SMS may be accepted. */
export type RetryRule = 'soon' | 'after_a_minute' | 'next_hour' | 'next_day' | 'after_24_hours';

/** A code that means: the SMS was certainly not sent. A code without a rule leaves the outcome unknown. */
export type RejectionRule =
  | { readonly cause: 'recipient' | 'limit' | 'provider'; readonly retry: RetryRule }
  | { readonly cause: 'account' | 'content'; readonly fault: OperatorFault };

const SOON_SECONDS = 10;

/** Seconds until another attempt may succeed. Faults of an account last until an operator corrects them. */
export function retryAfterSeconds(rule: RejectionRule, nowMs: number): number {
  if (!('retry' in rule)) return SOON_SECONDS;
  switch (rule.retry) {
    case 'soon':
      return SOON_SECONDS;
    case 'after_a_minute':
      return 60;
    case 'next_hour':
      return secondsUntilNextHour(nowMs);
    case 'next_day':
      return secondsUntilChinaMidnight(nowMs);
    case 'after_24_hours':
      return 24 * 60 * 60;
  }
}

/** The outcome of an answer with a code. `reason` begins with the code, and contains no secret, code of an SMS or mobile. */
export function outcomeOfCode(rule: RejectionRule | undefined, reason: string, nowMs: number): SmsOutcome {
  if (rule === undefined) return { kind: 'unknown', reason };
  return {
    kind: 'rejected',
    cause: rule.cause satisfies RejectionCause,
    reason,
    retryAfterSeconds: retryAfterSeconds(rule, nowMs),
    ...('fault' in rule && { fault: rule.fault }),
  };
}
