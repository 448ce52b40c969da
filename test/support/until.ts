// Waits for something that cannot be listened to.

import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 20;
const AT_MOST_MS = 5000;

export async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + AT_MOST_MS;
  while (!(await isTrue())) {
    if (performance.now() > endMs) throw new Error(`not true within ${AT_MOST_MS} ms: ${isTrue}`);
    await sleep(LOOK_EVERY_MS);
  }
}
