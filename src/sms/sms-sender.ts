// The port that every SMS provider implements: one text to one phone.

import type { Mobile } from '../common/phone-number.ts';

export interface SmsMessage {
  readonly mobile: Mobile;
  /** The code as it is typed, leading zeros and all. */
  readonly code: string;
  /** For how long the text says that the code is good. */
  readonly validForMinutes: number;
}

/** What became of one text. */
export type SmsOutcome = (
  | /** The provider took it. */
  { readonly kind: 'accepted'; readonly messageId: string }
  /** Surely not sent, now or later. */
  | { readonly kind: 'rejected'; readonly reason: string; readonly retryAfterSeconds: number }
  /** It may have been taken: nothing came back, or nothing that tells. */
  | { readonly kind: 'unknown'; readonly reason: string }
) & {
  /** The provider could not be reached, or what came back was no answer of it: it may be better to leave it alone. */
  readonly unreachable?: true;
};

export interface SmsSender {
  /**
   * Tries once and answers within the provider's time limit. Never throws: what went wrong is the outcome, and its
   * `reason`, for the log, holds no secret, no code and no mobile.
   */
  send(message: SmsMessage): Promise<SmsOutcome>;
  /** Closes the connections, after a moment for sends that are still running. */
  close(): Promise<void>;
}
