// The rule of failover: which outcome of one provider lets the next one try.

import type { SmsOutcome, SmsRejection } from '../sms-sender.ts';

/**
 * Whether another provider may try. After `accepted` and `unknown` the SMS may reach the phone, so no other one may. A
 * rejection for the recipient holds for every provider. A limit of the provider protects the recipient, so the next provider
 * tries only if the operator has chosen so.
 */
export function mayTryNext(outcome: SmsOutcome, triesAfterLimit: boolean): outcome is SmsRejection {
  if (outcome.kind !== 'rejected') return false;
  switch (outcome.cause) {
    case 'account':
    case 'content':
    case 'provider':
      return true;
    case 'limit':
      return triesAfterLimit;
    case 'recipient':
      return false;
  }
}
