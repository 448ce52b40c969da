// The port that every SMS provider implements: send one code to one mobile.

import type { Mobile } from '../common/phone-number.ts';

export interface SmsMessage {
  /**
   * Names this attempt in the request to the provider, in its reports and in its records: 32 letters and digits, never used
   * twice.
   */
  readonly attemptId: string;
  readonly mobile: Mobile;
  /** With leading zeros. */
  readonly code: string;
  /** The validity that the message states. */
  readonly validForMinutes: number;
  /** What the code is for: `REGISTER` or `LOGIN`. */
  readonly purpose: string;
}

/**
 * Why a provider rejected an SMS.
 *
 * - `recipient`: no provider can send to this number: it does not exist, or its owner has opted out.
 * - `limit`: the provider has sent too many SMS to this number.
 * - `account`: the account has a fault that its operator must correct.
 * - `content`: the signature, the template or a value is not approved. The operator must correct it.
 * - `provider`: the provider is busy, throttles the account, or could not be reached.
 */
export type RejectionCause = 'recipient' | 'limit' | 'account' | 'content' | 'provider';

/** What an operator must correct before the provider sends again. */
export type OperatorFault =
  | 'balance'
  | 'account_suspended'
  | 'credentials'
  | 'ip_not_allowed'
  | 'not_activated'
  | 'signature'
  | 'template'
  | 'request';

/** The SMS was certainly not sent and never will be. */
export interface SmsRejection {
  readonly kind: 'rejected';
  readonly cause: RejectionCause;
  readonly reason: string;
  readonly retryAfterSeconds: number;
  /** With the causes `account` and `content` only. */
  readonly fault?: OperatorFault;
}

/** The outcome of one attempt. */
export type SmsOutcome = (
  | /** The provider accepted the SMS. */
  { readonly kind: 'accepted'; readonly messageId: string }
  | SmsRejection
  /** The SMS may have been sent: there was no answer, or one that does not tell. */
  | { readonly kind: 'unknown'; readonly reason: string }
) & {
  /** There was no connection or no valid answer. The circuit breaker counts this as a failure. */
  readonly unreachable?: true;
};

export interface SmsSender {
  /**
   * Tries once and resolves within the time-out of the provider. Never throws: errors become an outcome. Its `reason`
   * and its `messageId` are written to the log and contain no secret, code or mobile. `reason` begins with the code of the
   * provider, if there is one.
   * @param timeoutMs the limit of this attempt, if it is shorter than that of the provider.
   */
  send(message: SmsMessage, timeoutMs?: number): Promise<SmsOutcome>;
  /** Closes the connections, after a short wait for sends in flight. */
  close(): Promise<void>;
}

/** An attempt in the past. */
export interface PastAttempt {
  readonly attemptId: string;
  readonly mobile: Mobile;
  readonly startedAtMs: number;
}

/** What a provider knows about an attempt. `unknown` if it knows nothing, or does not answer. */
export type LookUpResult = 'accepted' | 'delivered' | 'undelivered' | 'unknown';

/** Asks the provider about an attempt whose outcome is unknown. Resolves within `timeoutMs`, and never throws. */
export type LookUp = (attempt: PastAttempt, timeoutMs: number) => Promise<LookUpResult>;
