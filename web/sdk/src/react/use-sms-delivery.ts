// What became of an SMS.

import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { SmsDeliveryDocument } from './generated/graphql';
import { onceVisibleAfter } from './once-visible-after';
import type { SmsDeliveryOutcome } from './outcomes';

/** Most SMS arrive within seconds. The last delay repeats. */
const DELAYS_SECONDS = [3, 5, 8, 13, 20, 30];
const LAST_DELAY_SECONDS = 30;
/** Without a report for so long, the status of the service is final, too. */
const STOP_AFTER_MS = 10 * 60 * 1000;

export type SmsDeliveryStatus = Extract<SmsDeliveryOutcome, { __typename: 'SmsDelivery' }>['status'];

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
  const client = useApolloClient();
  const [known, setKnown] = useState<{ id: string; status: SmsDeliveryStatus }>();

  useEffect(() => {
    if (deliveryId === undefined) return;
    const startedAtMs = Date.now();
    let cancelTimer = () => {};
    let isCurrent = true;
    const askAfter = (delaySeconds: number, attempt: number) => {
      cancelTimer = onceVisibleAfter(Date.now() + delaySeconds * 1000, async () => {
        const outcome = await query(client, deliveryId);
        if (!isCurrent) return;
        if (outcome.__typename === 'SmsDelivery') setKnown({ id: deliveryId, status: outcome.status });
        if (!isFinal(outcome) && Date.now() - startedAtMs < STOP_AFTER_MS)
          askAfter(nextDelaySeconds(outcome, attempt), attempt + 1);
      });
    };
    askAfter(DELAYS_SECONDS[0] ?? LAST_DELAY_SECONDS, 1);
    return () => {
      isCurrent = false;
      cancelTimer();
    };
  }, [client, deliveryId]);

  return known?.id === deliveryId ? known?.status : undefined;
}

async function query(client: ReturnType<typeof useApolloClient>, id: string): Promise<SmsDeliveryOutcome> {
  try {
    const { data } = await client.query({
      query: SmsDeliveryDocument,
      variables: { id },
      fetchPolicy: 'no-cache',
    });
    return data ? data.smsDelivery : { __typename: 'NoResponse' };
  } catch {
    return { __typename: 'NoResponse' };
  }
}

function isFinal(outcome: SmsDeliveryOutcome): boolean {
  if (outcome.__typename === 'SmsDeliveryNotFoundError') return true;
  return outcome.__typename === 'SmsDelivery' && ['DELIVERED', 'UNDELIVERED'].includes(outcome.status);
}

function nextDelaySeconds(outcome: SmsDeliveryOutcome, attempt: number): number {
  const delay = DELAYS_SECONDS[attempt] ?? LAST_DELAY_SECONDS;
  return 'retryAfterSeconds' in outcome ? Math.max(delay, outcome.retryAfterSeconds) : delay;
}
