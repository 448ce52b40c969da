// Cleans up after a run, also after one that was killed: node reaper.mjs <directory>
// Its lines are "+id" and "-id" of processes; their end is the run's end.

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_AT_MOST_MS = 5000;
const running = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) running.add(Number(line.slice(1)));
  else running.delete(Number(line.slice(1)));
}
for (const pid of [...running].reverse()) signal(pid, 'SIGINT');
const deadline = Date.now() + WAIT_AT_MOST_MS;
while ([...running].some((pid) => signal(pid, 0))) {
  if (Date.now() > deadline) for (const pid of running) signal(pid, 'SIGKILL');
  await sleep(50);
}
rmSync(process.argv[2], { recursive: true, force: true, maxRetries: 5 });

/** @returns whether there is such a process. */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
