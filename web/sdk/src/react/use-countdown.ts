// A countdown to a point in time.

import { useCallback, useEffect, useState } from 'react';
import { onEvents } from '../on-events.ts';

export interface Countdown {
  /** Whole seconds until the end, rounded up; 0 after the end and before the first start. */
  readonly secondsLeft: number;
  /** Starts the countdown, or restarts a running one. */
  readonly start: (seconds: number) => void;
}

interface CountdownEnd {
  readonly endsAtMs: number;
  /** The full length. It also limits what can be left. */
  readonly seconds: number;
}

/** Timers may fire slightly early. The margin avoids a second render of the same number. */
const TIMER_MARGIN_MS = 5;

/**
 * Counts down to an end time instead of counting ticks, so that the number is right after a phone wakes up. A countdown
 * with a `name` is stored in `localStorage`: it survives a reload and runs in every tab. A countdown without a name
 * belongs to its component.
 *
 * @example
 * const { secondsLeft, start } = useCountdown('resend');
 * return <button disabled={secondsLeft > 0}>{secondsLeft > 0 ? `${secondsLeft} s` : 'Send'}</button>;
 */
export function useCountdown(name?: string): Countdown {
  const [end, setEnd] = useState<CountdownEnd | undefined>(() => read(name));
  const [nowMs, setNowMs] = useState(Date.now);
  const secondsLeft = end ? secondsUntil(end, nowMs) : 0;

  const start = useCallback(
    (seconds: number) => {
      const now = Date.now();
      const next = { endsAtMs: now + seconds * 1000, seconds };
      write(name, next);
      setEnd(next);
      setNowMs(now);
    },
    [name],
  );

  useEffect(() => {
    const refresh = () => {
      if (name !== undefined) setEnd((current) => read(name) ?? current);
      setNowMs(Date.now());
    };
    return onEvents(
      [
        [window, 'storage'],
        [window, 'pageshow'],
        [document, 'visibilitychange'],
      ],
      refresh,
    );
  }, [name]);

  useEffect(() => {
    if (!end || end.endsAtMs <= nowMs) return;
    // A clock that is set back must not prolong the countdown.
    if (end.endsAtMs - nowMs > end.seconds * 1000) return start(end.seconds);
    const untilNextSecondMs = (end.endsAtMs - nowMs) % 1000 || 1000;
    const timer = setTimeout(() => setNowMs(Date.now()), untilNextSecondMs + TIMER_MARGIN_MS);
    return () => clearTimeout(timer);
  }, [end, nowMs, start]);

  return { secondsLeft, start };
}

function secondsUntil({ endsAtMs, seconds }: CountdownEnd, nowMs: number): number {
  return Math.min(seconds, Math.max(0, Math.ceil((endsAtMs - nowMs) / 1000)));
}

const keyOf = (name: string) => `yanzheng:countdown:${name}`;

function read(name: string | undefined): CountdownEnd | undefined {
  if (name === undefined) return undefined;
  try {
    const { endsAtMs, seconds } = JSON.parse(localStorage.getItem(keyOf(name)) ?? '{}');
    return typeof endsAtMs === 'number' && typeof seconds === 'number' ? { endsAtMs, seconds } : undefined;
  } catch {
    return undefined; // The browser blocks storage, or the value is not ours.
  }
}

function write(name: string | undefined, end: CountdownEnd): void {
  if (name === undefined) return;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(end));
    // The browser notifies the other tabs, but not the other components of this page.
    window.dispatchEvent(new StorageEvent('storage', { key: keyOf(name) }));
  } catch {
    // Without storage, the countdown runs in its component alone.
  }
}
