// Ends the servers and removes the directories of the tests, even after Ctrl-C or a crash, when no teardown runs. A
// second process has the list. It notices the end of the tests by the closed pipe, and cleans up.
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
  // it must not keep this process alive, and its end must not end this process
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

/** Ends the process with that signal if this process dies first. Call the result after it has ended. */
export function watchProcess(pid: number, signal: NodeJS.Signals): () => void {
  return watch({ kind: 'process', pid, signal }, { kind: 'ended', pid });
}

/** Removes the directory if this process dies first. Call the result after it is removed. */
export function watchDirectory(path: string): () => void {
  return watch({ kind: 'directory', path }, { kind: 'removed', path });
}
