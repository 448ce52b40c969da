// The second process of reaper.ts, detached from the terminal: it outlives the tests.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { familyOf, signalAll, waitUntilGone } from './processes.ts';
import type { ReaperOrder } from './reaper.ts';

const processes = new Map<number, NodeJS.Signals>();
const directories = new Set<string>();

function execute(order: ReaperOrder): void {
  if (order.kind === 'process') processes.set(order.pid, order.signal);
  if (order.kind === 'ended') processes.delete(order.pid);
  if (order.kind === 'directory') directories.add(order.path);
  if (order.kind === 'removed') directories.delete(order.path);
}

async function end(pid: number, signal: NodeJS.Signals): Promise<void> {
  const family = familyOf(pid);
  signalAll([pid], signal);
  signalAll(family, 'SIGCONT'); // a stopped process receives no other signal
  if (await waitUntilGone(family, 5_000)) return;
  signalAll(family, 'SIGKILL');
  await waitUntilGone(family, 5_000);
}

for await (const line of createInterface({ input: process.stdin })) execute(JSON.parse(line));
// The pipe is closed: the tests have ended or died.
await Promise.all([...processes].map(([pid, signal]) => end(pid, signal)));
for (const path of directories) rmSync(path, { recursive: true, force: true, maxRetries: 5 });
