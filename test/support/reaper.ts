// Nothing a test starts may outlive it, not even after Ctrl-C or a crash, when no teardown runs. A small
// second process holds the list; it sees the end of our process by the closed pipe and cleans up.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';

export type ReaperOrder =
  | { kind: 'process'; pid: number; signal: NodeJS.Signals }
  | { kind: 'ended'; pid: number }
  | { kind: 'directory'; path: string }
  | { kind: 'removed'; path: string };

let reaper: ChildProcess | undefined;
let watched = 0;

function startReaper(): ChildProcess {
  const script = join(import.meta.dirname, 'reaper-process.js');
  const child = spawn(process.execPath, [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // it must not keep us alive, nor may its early end bring us down
  child.unref();
  (child.stdin as Socket).unref();
  child.stdin?.on('error', () => {});
  return child;
}

function send(order: ReaperOrder): void {
  reaper ??= startReaper();
  reaper.stdin?.write(`${JSON.stringify(order)}\n`);
}

function watch(order: ReaperOrder, done: ReaperOrder): () => void {
  watched += 1;
  send(order);
  let over = false;
  return () => {
    if (over) return;
    over = true;
    watched -= 1;
    send(done);
    if (watched > 0) return;
    reaper?.stdin?.end();
    reaper = undefined;
  };
}

/** Ends the process with that signal should we die first. Call the result once it has ended. */
export function watchProcess(pid: number, signal: NodeJS.Signals): () => void {
  return watch({ kind: 'process', pid, signal }, { kind: 'ended', pid });
}

/** Removes the directory should we die first. Call the result once it is removed. */
export function watchDirectory(path: string): () => void {
  return watch({ kind: 'directory', path }, { kind: 'removed', path });
}
