// The audit log: one log line per event, with a stable event name.

import type { Audit, Caller } from '../common/audit.ts';
import type { KeyedHash } from '../common/keyed-hash.ts';
import { type Mobile, maskMobile } from '../common/phone-number.ts';

interface AnyFacts {
  readonly caller: Caller;
  readonly mobile?: Mobile;
}

/**
 * Writes the mobile masked, together with its keyed hash, which follows one number through the log and is part of its
 * Redis keys.
 */
export function createAudit(hash: KeyedHash, write: (line: Record<string, unknown>) => void): Audit {
  return (event, allFacts: AnyFacts) => {
    const { caller, mobile, ...facts } = allFacts;
    write({
      event,
      requestId: caller.requestId,
      client_ip: caller.clientAddress,
      ...(mobile && { mobile: maskMobile(mobile), mobileHash: hash('mobile', mobile) }),
      ...facts,
    });
  };
}
