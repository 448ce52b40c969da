// The states of a delivery, and what a client is told of them.
//
//   requested → leaving → rejected → leaving (the next provider) …
//               leaving → accepted | unknown → delivered | undelivered
//   any of them → verified, when the code of the SMS was entered

import { NO_REPORT_AFTER_MS, SMS_DELIVERY_TIMEOUT_MAX_MS } from '../../config/time-budgets.ts';

export type DeliveryState =
  /** Nothing was sent yet. With user-enumeration protection it also stands for a suppressed SMS. */
  | 'requested'
  /** The bytes of an attempt may have left. After a crash the outcome is unknown for ever. */
  | 'leaving'
  | 'rejected'
  | 'accepted'
  | 'unknown'
  | 'delivered'
  | 'undelivered'
  | 'verified';

export enum SmsDeliveryStatus {
  ACCEPTED = 'ACCEPTED',
  DELIVERED = 'DELIVERED',
  UNDELIVERED = 'UNDELIVERED',
  UNKNOWN = 'UNKNOWN',
}

export interface DeliveryTimes {
  readonly state: DeliveryState;
  readonly requestedAtMs: number;
  /** When the state was reached. */
  readonly updatedAtMs: number;
}

export interface DeliveryStatus {
  readonly status: SmsDeliveryStatus;
  readonly updatedAtMs: number;
}

/** What a client is told. An accepted SMS without a report becomes `UNKNOWN` after ten minutes. */
export function deliveryStatus(
  { state, requestedAtMs, updatedAtMs }: DeliveryTimes,
  nowMs: number,
): DeliveryStatus {
  const silentAfter = (startedAtMs: number, silenceMs: number): DeliveryStatus =>
    nowMs - startedAtMs < silenceMs
      ? { status: SmsDeliveryStatus.ACCEPTED, updatedAtMs }
      : { status: SmsDeliveryStatus.UNKNOWN, updatedAtMs: startedAtMs + silenceMs };
  switch (state) {
    case 'requested':
    case 'leaving':
      return silentAfter(requestedAtMs, SMS_DELIVERY_TIMEOUT_MAX_MS);
    case 'accepted':
      return silentAfter(updatedAtMs, NO_REPORT_AFTER_MS);
    case 'unknown':
      return { status: SmsDeliveryStatus.UNKNOWN, updatedAtMs };
    case 'delivered':
    case 'verified':
      return { status: SmsDeliveryStatus.DELIVERED, updatedAtMs };
    case 'rejected':
    case 'undelivered':
      return { status: SmsDeliveryStatus.UNDELIVERED, updatedAtMs };
  }
}
