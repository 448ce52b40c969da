// A calendar day in China, of which this process knows when it ends.

export interface ChinaDay {
  /** `2026-11-25` */
  readonly day: string;
  /** By `performance.now()`, which no change of the clock moves. */
  readonly endsAtMs: number;
  /** By `Date.now()`, which also advances while the machine is suspended. */
  readonly endsAtEpochMs: number;
}

/** Starts two clocks. Call it before PostgreSQL is asked for the time until midnight: the day then never ends too late. */
export function startChinaDay(): (day: string, msUntilMidnight: number) => ChinaDay {
  const [startedAtMs, startedAtEpochMs] = [performance.now(), Date.now()];
  return (day, msUntilMidnight) => ({
    day,
    endsAtMs: startedAtMs + msUntilMidnight,
    endsAtEpochMs: startedAtEpochMs + msUntilMidnight,
  });
}

export function hasEnded({ endsAtMs, endsAtEpochMs }: ChinaDay): boolean {
  return performance.now() >= endsAtMs || Date.now() >= endsAtEpochMs;
}

/** At least one second. */
export function secondsUntilEnd({ endsAtMs }: ChinaDay): number {
  return Math.max(1, Math.ceil((endsAtMs - performance.now()) / 1000));
}
