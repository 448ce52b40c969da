// Stops the remaining processes of a benchmark run and deletes its directory, also after the run was killed.
// Usage: node reaper.mjs <directory>. Standard input has a line "+pid" for each process that starts and "-pid" for each
// that exits. The run has ended when the input ends.

import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';

const STOP_TIMEOUT_MS = 5000;
const POLL_INTERVAL_MS = 50;
const running = new Set();

for await (const line of createInterface({ input: process.stdin })) {
  if (line.startsWith('+')) running.add(Number(line.slice(1)));
  else running.delete(Number(line.slice(1)));
}
for (const pid of [...running].reverse()) signal(pid, 'SIGINT');
const deadline = Date.now() + STOP_TIMEOUT_MS;
while ([...running].some((pid) => signal(pid, 0))) {
  if (Date.now() > deadline) for (const pid of running) signal(pid, 'SIGKILL');
  await sleep(POLL_INTERVAL_MS);
}
rmSync(process.argv[2], { recursive: true, force: true, maxRetries: 5 });

/** @returns whether the process exists. */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
