// Waits for a condition that emits no event.

import { setTimeout as sleep } from 'node:timers/promises';

const POLL_INTERVAL_MS = 30;

export async function eventually(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${holds}`);
    await sleep(POLL_INTERVAL_MS);
  }
}
