// Waits for something that cannot be listened to.

import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 30;

export async function eventually(holds: () => Promise<boolean>, withinMs = 10_000): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`not within ${withinMs} ms: ${holds}`);
    await sleep(LOOK_EVERY_MS);
  }
}
