// Counting down to a point in time.

import { useCallback, useEffect, useState } from 'react';
import { onEvents } from './on-events';

export interface Countdown {
  /** Whole seconds until the end, rounded up; 0 when it is over or was never started. */
  readonly secondsLeft: number;
  /** Begins anew. */
  readonly start: (seconds: number) => void;
}

interface End {
  readonly endsAtMs: number;
  /** From how many seconds it counts, which is also the most that can be left. */
  readonly seconds: number;
}

/**
 * Counts to an end, not ticks: a phone that slept shows the right number when it wakes. With a `name` the end is kept in
 * `localStorage`, so that a reload goes on and another tab counts along; without one it belongs to the component.
 *
 * @example
 * const { secondsLeft, start } = useCountdown('resend');
 * return <button disabled={secondsLeft > 0}>{secondsLeft > 0 ? `${secondsLeft} s` : 'Send'}</button>;
 */
export function useCountdown(name?: string): Countdown {
  const [end, setEnd] = useState<End | undefined>(() => read(name));
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
    const lookAgain = () => {
      if (name !== undefined) setEnd((current) => read(name) ?? current);
      setNowMs(Date.now());
    };
    return onEvents(
      [
        [window, 'storage'],
        [window, 'pageshow'],
        [document, 'visibilitychange'],
      ],
      lookAgain,
    );
  }, [name]);

  useEffect(() => {
    if (!end || end.endsAtMs <= nowMs) return;
    // a clock that was set back must not make it longer
    if (end.endsAtMs - nowMs > end.seconds * 1000) return start(end.seconds);
    const toNextSecondMs = (end.endsAtMs - nowMs) % 1000 || 1000;
    // a little later, for a timer may come a little early
    const timer = setTimeout(() => setNowMs(Date.now()), toNextSecondMs + 5);
    return () => clearTimeout(timer);
  }, [end, nowMs, start]);

  return { secondsLeft, start };
}

function secondsUntil({ endsAtMs, seconds }: End, nowMs: number): number {
  return Math.min(seconds, Math.max(0, Math.ceil((endsAtMs - nowMs) / 1000)));
}

const keyOf = (name: string) => `yanzheng:countdown:${name}`;

function read(name: string | undefined): End | undefined {
  if (name === undefined) return undefined;
  try {
    const { endsAtMs, seconds } = JSON.parse(localStorage.getItem(keyOf(name)) ?? '{}');
    return typeof endsAtMs === 'number' && typeof seconds === 'number' ? { endsAtMs, seconds } : undefined;
  } catch {
    return undefined; // no storage here, or something else wrote there
  }
}

function write(name: string | undefined, end: End): void {
  if (name === undefined) return;
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(end));
    // the browser tells the other tabs, but not the others in this page
    window.dispatchEvent(new StorageEvent('storage', { key: keyOf(name) }));
  } catch {
    // then it counts in this page alone
  }
}
