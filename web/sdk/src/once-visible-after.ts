// A timer that waits for the page to be visible.

import { onEvents } from './on-events.ts';

/**
 * Calls back once, at the given time or when the page becomes visible after it: timers stop while a phone sleeps.
 * Returns a function that cancels the call.
 */
export function onceVisibleAfter(timeMs: number, callback: () => void): () => void {
  let hasTimerFired = false;
  const check = () => {
    const isTime = hasTimerFired || Date.now() >= timeMs;
    if (document.hidden || !isTime) return;
    cancel();
    callback();
  };
  const timer = setTimeout(() => {
    hasTimerFired = true; // Valid even if the clock has been set back.
    check();
  }, timeMs - Date.now());
  const stopListening = onEvents(
    [
      [document, 'visibilitychange'],
      [window, 'pageshow'],
    ],
    check,
  );
  const cancel = () => {
    clearTimeout(timer);
    stopListening();
  };
  return cancel;
}
