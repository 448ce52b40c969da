// The use case `smsDelivery`: what became of an SMS.

import type { Audit, Caller } from '../../common/audit.ts';
import { randomToken } from '../../common/random-id.ts';
import type { RateLimits } from '../../rate-limiting/limits.ts';
import type { RateLimitStore } from '../../rate-limiting/rate-limit.store.ts';
import { exceededFacts } from '../../rate-limiting/rate-limit.ts';
import { TooManyRequestsError } from '../../rate-limiting/rate-limiting.schema.ts';
import type { DeliveryStore } from '../../sms/delivery/delivery.store.ts';
import type { DeliveryIds } from '../../sms/delivery/delivery-id.ts';
import { deliveryStatus, SmsDeliveryStatus } from '../../sms/delivery/delivery-status.ts';
import { SmsDelivery, SmsDeliveryNotFoundError } from './sms-delivery.schema.ts';

export interface SmsDeliveryQueryDependencies {
  readonly rateLimits: RateLimits;
  readonly rateLimitStore: RateLimitStore;
  readonly deliveryIds: DeliveryIds;
  readonly deliveries: DeliveryStore;
  /** Whether responses hide if a mobile is registered. */
  readonly enumerationProtection: boolean;
  readonly audit: Audit;
}

export class SmsDeliveryQueryService {
  constructor(private readonly dependencies: SmsDeliveryQueryDependencies) {}

  /** @throws DependencyUnavailableError if Redis does not answer. */
  async smsDelivery(
    id: string,
    caller: Caller,
  ): Promise<SmsDelivery | SmsDeliveryNotFoundError | TooManyRequestsError> {
    const { rateLimits, rateLimitStore, deliveryIds, deliveries, audit } = this.dependencies;
    const limits = rateLimits.of('querySmsDelivery', caller.clientAddress);
    const reserved = await rateLimitStore.reserve('querySmsDelivery', limits, randomToken());
    if (reserved.kind === 'exceeded') {
      audit('rate_limit_exceeded', { caller, ...exceededFacts(reserved) });
      return new TooManyRequestsError(reserved);
    }
    const record = await deliveries.read(deliveryIds.recordNameOf(id));
    if (record === undefined) return new SmsDeliveryNotFoundError();
    // A status that changes would tell that the SMS was not suppressed, so the mobile is registered or is not.
    const { status, updatedAtMs } = this.dependencies.enumerationProtection
      ? { status: SmsDeliveryStatus.ACCEPTED, updatedAtMs: record.requestedAtMs }
      : deliveryStatus(record, Date.now());
    return new SmsDelivery({ id, status, updatedAt: new Date(updatedAtMs) });
  }
}
