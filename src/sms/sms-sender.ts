// The port that every SMS provider implements: send one code to one mobile.

import type { Mobile } from '../common/phone-number.ts';

export interface SmsMessage {
  readonly mobile: Mobile;
  /** With leading zeros. */
  readonly code: string;
  /** The validity that the message states. */
  readonly validForMinutes: number;
}

/** The outcome of one send. */
export type SmsOutcome = (
  | /** The provider accepted the SMS. */
  { readonly kind: 'accepted'; readonly messageId: string }
  /** The SMS was certainly not sent and never will be. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryAfterSeconds: number }
  /** The SMS may have been sent: there was no answer, or one that does not tell. */
  | { readonly kind: 'unknown'; readonly reason: string }
) & {
  /** There was no connection or no valid answer. The circuit breaker counts this as a failure. */
  readonly unreachable?: true;
};

export interface SmsSender {
  /**
   * Tries once and resolves within the time-out of the provider. Never throws: errors become an outcome. Its `reason`
   * and its `messageId` are written to the log and contain no secret, code or mobile.
   */
  send(message: SmsMessage): Promise<SmsOutcome>;
  /** Closes the connections, after a short wait for sends in flight. */
  close(): Promise<void>;
}
