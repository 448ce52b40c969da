// What became of an SMS.

import { useEffect, useState } from 'react';
import { type SmsDeliveryStatus, watchSmsDelivery } from '../watch-sms-delivery.ts';
import { useVerification } from './provider.ts';

/**
 * Asks the service what became of an SMS, at growing intervals while the page is visible, until it is delivered or not, and
 * for at most ten minutes.
 *
 * @param deliveryId the `deliveryId` of `SmsCodeSent`; `undefined` before there is one.
 * @returns the last known status; `undefined` before the first one.
 * @example
 * const status = useSmsDelivery(sent?.deliveryId);
 * if (status === 'UNDELIVERED') return <p>Not delivered: check the number or try again.</p>;
 */
export function useSmsDelivery(deliveryId: string | undefined): SmsDeliveryStatus | undefined {
  const verification = useVerification();
  const [known, setKnown] = useState<{ id: string; status: SmsDeliveryStatus }>();
  useEffect(() => {
    if (deliveryId === undefined) return;
    const ending = new AbortController();
    const onStatus = (status: SmsDeliveryStatus) => setKnown({ id: deliveryId, status });
    watchSmsDelivery(verification, deliveryId, onStatus, { signal: ending.signal });
    return () => ending.abort();
  }, [verification, deliveryId]);
  return known?.id === deliveryId ? known?.status : undefined;
}
