// A verified code proves that its SMS arrived: the strongest sign of a delivery, and what conversion counts.

import { withTimeBudget } from '../../common/time-budget.ts';
import { STORE_CALL_TIMEOUT_MS } from '../../config/time-budgets.ts';
import type { ConversionStore } from '../routing/conversion.store.ts';
import type { DeliveryStore, VerifiedDelivery } from './delivery.store.ts';
import type { DeliveryState } from './delivery-status.ts';

/** The states of an SMS that the provider accepted, so that it counts toward the conversion. */
const ACCEPTED_STATES: readonly DeliveryState[] = ['accepted', 'delivered', 'undelivered'];

export class VerifiedSms {
  constructor(
    private readonly deliveries: DeliveryStore,
    private readonly conversions: ConversionStore,
    /** Sees the time from the send to the verification of each SMS that counts. */
    private readonly observe: (provider: string, seconds: number) => void = () => {},
  ) {}

  /**
   * Records that the code of these SMS was verified. Does not throw: a failure costs no more than a figure.
   * @returns the guard entries of the SMS, the latest last.
   */
  async record(recordNames: readonly string[]): Promise<readonly string[]> {
    const verified = await Promise.all(
      recordNames.map((recordName) => this.deliveries.verify(recordName, Date.now()).catch(() => undefined)),
    );
    // The client does not wait for the conversion.
    withTimeBudget(STORE_CALL_TIMEOUT_MS, () => this.recordConversion(recordNames, verified[0])).catch(
      () => {},
    );
    return verified.flatMap((delivery) => delivery?.guardEntry ?? []);
  }

  private async recordConversion(
    recordNames: readonly string[],
    verified: VerifiedDelivery | undefined,
  ): Promise<void> {
    // After a resend it is unknown which SMS the code came from.
    const [recordName, ...resends] = recordNames;
    if (recordName === undefined || resends.length > 0) return;
    const attempt = (await this.deliveries.read(recordName))?.attempt;
    if (attempt === undefined || verified === undefined || !ACCEPTED_STATES.includes(verified.before)) return;
    this.observe(attempt.provider, Math.max(0, Date.now() - attempt.startedAtMs) / 1000);
    await this.conversions.recordVerified(attempt.provider, attempt.carrierPrefix, attempt.startedAtMs);
  }
}
