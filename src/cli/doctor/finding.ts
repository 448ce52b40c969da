// What `yanzheng doctor` finds.

export type Severity = 'ok' | 'warning' | 'error';

export interface Finding {
  readonly severity: Severity;
  /** What was looked at, with its value. No secret. */
  readonly subject: string;
  /** What to do. Absent if all is well. */
  readonly advice?: string;
}

export const ok = (subject: string): Finding => ({ severity: 'ok', subject });
export const warning = (subject: string, advice: string): Finding => ({
  severity: 'warning',
  subject,
  advice,
});
export const error = (subject: string, advice: string): Finding => ({ severity: 'error', subject, advice });

/** The clocks of two machines may differ by this much. Tokens tolerate 60 seconds. */
const CLOCK_TOLERANCE_MS = 2000;

/** @param theirMs the time of a store, read between `beforeMs` and `afterMs` of our clock. */
export function clockFinding(store: string, theirMs: number, beforeMs: number, afterMs: number): Finding {
  const differenceMs = theirMs > afterMs ? theirMs - afterMs : Math.min(0, theirMs - beforeMs);
  const seconds = (differenceMs / 1000).toFixed(1);
  return Math.abs(differenceMs) <= CLOCK_TOLERANCE_MS
    ? ok(`the clock of ${store} agrees with this one`)
    : error(
        `the clock of ${store} differs from this one by ${seconds} s`,
        'Synchronize the clocks of all machines with NTP: signatures, tokens and limits depend on the time.',
      );
}
