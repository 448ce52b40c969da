// The audit log: one log line per event, with a stable event name.

import type { Audit, AuditEvent, Caller } from '../common/audit.ts';
import type { KeyedHash } from '../common/keyed-hash.ts';
import { type Mobile, maskMobile } from '../common/phone-number.ts';

/** Sees each event with its facts, without the caller and the mobile. */
export type CountEvent = (event: AuditEvent, facts: Readonly<Record<string, unknown>>) => void;

export type AuditLevel = 'info' | 'warn' | 'error';

interface AnyFacts {
  readonly caller?: Caller;
  readonly mobile?: Mobile;
}

/**
 * Writes the mobile masked, together with its keyed hash, which follows one number through the log and is part of its
 * Redis keys.
 * @param count for the metrics.
 */
export function createAudit(
  hash: KeyedHash,
  write: (line: Record<string, unknown>, level: AuditLevel) => void,
  count: CountEvent = () => {},
): Audit {
  return (event, allFacts: AnyFacts) => {
    const { caller, mobile, ...facts } = allFacts;
    count(event, facts);
    const line = {
      event,
      ...(caller && { requestId: caller.requestId, client_ip: caller.clientAddress }),
      ...(mobile && { mobile: maskMobile(mobile), mobileHash: hash('mobile', mobile) }),
      ...facts,
    };
    write(line, levelOf(facts));
  };
}

/** An operator has to act on a fault of his account, and to know of a limit that concerns every client. */
function levelOf({ cause, scope }: { readonly cause?: unknown; readonly scope?: unknown }): AuditLevel {
  if (cause === 'account') return 'error';
  return scope === 'SERVICE' ? 'warn' : 'info';
}
