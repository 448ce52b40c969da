// Follows what becomes of an SMS.

import type { CallOptions, Verification } from './create-verification.ts';
import { onceVisibleAfter } from './once-visible-after.ts';
import type { SmsDeliveryOutcome } from './outcomes.ts';

/** Most SMS arrive within seconds. The last delay repeats. */
const DELAYS_SECONDS = [3, 5, 8, 13, 20, 30] as const;
/** Without a report for so long, the status of the service is final, too. */
const STOP_AFTER_MS = 10 * 60 * 1000;

export type SmsDeliveryStatus = Extract<SmsDeliveryOutcome, { __typename: 'SmsDelivery' }>['status'];

/**
 * Asks the service what became of an SMS, at growing intervals while the page is visible, until it is delivered or not, for at
 * most ten minutes, or until the `signal` aborts.
 *
 * @param deliveryId the `deliveryId` of `SmsCodeSent`.
 * @param onStatus gets each answer, which may be the same as the one before.
 * @example
 * watchSmsDelivery(verification, sent.deliveryId, (status) => { label.textContent = status; });
 */
export function watchSmsDelivery(
  verification: Verification,
  deliveryId: string,
  onStatus: (status: SmsDeliveryStatus) => void,
  { signal }: CallOptions = {},
): void {
  const startedAtMs = Date.now();
  const ask = async (attempt: number) => {
    const outcome = await verification.smsDelivery(deliveryId);
    if (signal?.aborted) return;
    if (outcome.__typename === 'SmsDelivery') onStatus(outcome.status);
    if (!isFinal(outcome) && Date.now() - startedAtMs < STOP_AFTER_MS)
      askAfter(nextDelaySeconds(outcome, attempt), attempt + 1);
  };
  const askAfter = (delaySeconds: number, attempt: number) => {
    const cancel = onceVisibleAfter(Date.now() + delaySeconds * 1000, () => {
      signal?.removeEventListener('abort', cancel);
      void ask(attempt);
    });
    signal?.addEventListener('abort', cancel);
  };
  if (!signal?.aborted) askAfter(DELAYS_SECONDS[0], 1);
}

function isFinal(outcome: SmsDeliveryOutcome): boolean {
  if (outcome.__typename === 'SmsDeliveryNotFoundError') return true;
  return outcome.__typename === 'SmsDelivery' && ['DELIVERED', 'UNDELIVERED'].includes(outcome.status);
}

function nextDelaySeconds(outcome: SmsDeliveryOutcome, attempt: number): number {
  const delay = DELAYS_SECONDS[attempt] ?? DELAYS_SECONDS[DELAYS_SECONDS.length - 1] ?? 0;
  return 'retryAfterSeconds' in outcome ? Math.max(delay, outcome.retryAfterSeconds) : delay;
}
