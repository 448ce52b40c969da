// Runs child processes. Each has its own process group, receives every signal once, and ends when this process ends.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
const isWindows = process.platform === 'win32';
/** One Ctrl-C can arrive twice, from the terminal and from npm. Within this time the second signal is ignored. */
const REPEATED_SIGNAL_MS = 300;
const PARENT_POLL_INTERVAL_MS = 250;

const running = new Set();
/** The time of the last signal of each kind. */
const forwarded = new Map();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => forward(signal));

stopWithNpm();

/**
 * A signal to npm itself, from `kill` or a supervisor, ends npm and its shell, and they do not forward it. When they
 * have ended, this process stops as if it had received SIGTERM.
 */
function stopWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const ancestors = npmProcesses().join();
  setInterval(() => {
    if (forwarded.size === 0 && npmProcesses().join() !== ancestors) forward('SIGTERM');
  }, PARENT_POLL_INTERVAL_MS).unref();
}

/** The id of the parent. If the parent is npm's shell and the system has /proc, also the id of the shell's parent. */
function npmProcesses() {
  try {
    const stat = fs.readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
    return /^\w*sh$/.test(name) ? [process.ppid, parent] : [process.ppid];
  } catch {
    return [process.ppid];
  }
}

function forward(signal) {
  const now = Date.now();
  if (now - (forwarded.get(signal) ?? 0) < REPEATED_SIGNAL_MS) return;
  forwarded.set(signal, now);
  if (running.size === 0) process.exit(exitCodeOf(signal));
  for (const child of running) signalGroup(child, signal);
}

function exitCodeOf(signal) {
  return 128 + (os.constants.signals[signal] ?? 0);
}

/** Exits if a signal has arrived, so that the next step does not begin. */
function exitIfStopped(code) {
  const [signal] = forwarded.keys();
  if (signal) process.exit(code ?? exitCodeOf(signal));
}

/**
 * Starts a program in the project directory. `exited` is a promise of its exit code; `stop(timeoutMs)` sends SIGTERM, and
 * SIGKILL after the timeout.
 */
function launch(program, args, options) {
  exitIfStopped();
  // In its own process group, so that it does not receive the Ctrl-C of the terminal in addition to the forwarded one.
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', detached: !isWindows, ...options });
  const watchdog = startWatchdog(child);
  running.add(child);
  const exited = new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(signal ? exitCodeOf(signal) : code));
  }).finally(() => {
    running.delete(child);
    watchdog?.kill('SIGKILL');
  });
  const launched = { exited, isStopping: false, stop: (timeoutMs) => stopGroup(launched, child, timeoutMs) };
  return launched;
}

async function stopGroup(launched, child, timeoutMs) {
  launched.isStopping = true;
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), timeoutMs);
  await launched.exited;
  clearTimeout(timer);
}

function signalGroup(child, signal) {
  try {
    process.kill(isWindows ? child.pid : -child.pid, signal);
  } catch {
    // The process has already ended.
  }
}

/**
 * A process killed by SIGKILL cannot forward anything. The watchdog is a shell whose input closes when this process ends;
 * then it ends the group of the child.
 */
function startWatchdog(child) {
  if (isWindows || child.pid === undefined) return undefined;
  const script = 'read -r _; kill -s TERM -- "-$1"';
  const watchdog = spawn('/bin/sh', ['-c', script, 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  watchdog.on('error', () => {});
  watchdog.stdin.on('error', () => {});
  return watchdog;
}

/** Runs a program and resolves to its exit code. */
function run(program, args, options) {
  return launch(program, args, options).exited;
}

/** Runs a program. If it fails, this process exits with its exit code. */
async function mustRun(program, args, options) {
  const code = await run(program, args, options);
  if (code !== 0) process.exit(code);
  exitIfStopped();
}

module.exports = { exitIfStopped, ROOT, launch, mustRun, run, isWindows };
