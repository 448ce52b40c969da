// Child processes: each in a process group of its own, told of every signal once, and none outlives us.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
const windows = process.platform === 'win32';
// One Ctrl-C can reach us twice, from the terminal and from npm; a second press comes later than this.
const ONE_PRESS_MS = 300;

const running = new Set();
const passedOn = new Map();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => passOn(signal));

followNpm();

/**
 * A signal sent to npm itself ends npm and its shell, and neither tells us (kill, or a stop by a supervisor): their
 * end is our SIGTERM.
 */
function followNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const ancestors = npmAndItsShell().join();
  setInterval(() => {
    if (passedOn.size === 0 && npmAndItsShell().join() !== ancestors) passOn('SIGTERM');
  }, 250).unref();
}

/** Our parent; and when that is the shell that npm starts us with, its parent too, where the system tells. */
function npmAndItsShell() {
  try {
    const stat = fs.readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/s.exec(stat) ?? [];
    return /^\w*sh$/.test(name) ? [process.ppid, parent] : [process.ppid];
  } catch {
    return [process.ppid];
  }
}

function passOn(signal) {
  const now = Date.now();
  if (now - (passedOn.get(signal) ?? 0) < ONE_PRESS_MS) return;
  passedOn.set(signal, now);
  if (running.size === 0) process.exit(exitCodeOf(signal));
  for (const child of running) signalGroup(child, signal);
}

function exitCodeOf(signal) {
  return 128 + (os.constants.signals[signal] ?? 0);
}

/** Leaves, when we were asked to end while a step ran: the next one must not begin. */
function exitIfStopped(code) {
  const [signal] = passedOn.keys();
  if (signal) process.exit(code ?? exitCodeOf(signal));
}

/**
 * Starts a program in the project directory. The result has a promise of its exit code, `ended`, and `end(ms)`,
 * which asks it to end and kills it after that time.
 */
function launch(program, args, options) {
  exitIfStopped();
  // A group of its own, so that Ctrl-C reaches the program through us alone and not twice.
  const child = spawn(program, args, { cwd: ROOT, stdio: 'inherit', detached: !windows, ...options });
  const guard = endWithUs(child);
  running.add(child);
  const ended = new Promise((resolve) => {
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(signal ? exitCodeOf(signal) : code));
  }).finally(() => {
    running.delete(child);
    guard?.kill('SIGKILL');
  });
  const launched = { ended, ending: false, end: (ms) => endGroup(launched, child, ms) };
  return launched;
}

async function endGroup(launched, child, ms) {
  launched.ending = true;
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), ms);
  await launched.ended;
  clearTimeout(timer);
}

function signalGroup(child, signal) {
  try {
    process.kill(windows ? child.pid : -child.pid, signal);
  } catch {
    // it has just ended
  }
}

/** Killed outright (kill -9) we can pass nothing on; then this shell sees its input close and ends the group. */
function endWithUs(child) {
  if (windows || child.pid === undefined) return undefined;
  const script = 'read -r _; kill -s TERM -- "-$1"';
  const guard = spawn('/bin/sh', ['-c', script, 'sh', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.on('error', () => {});
  guard.stdin.on('error', () => {});
  return guard;
}

/** Runs a program to its end and returns its exit code. */
function run(program, args, options) {
  return launch(program, args, options).ended;
}

/** Runs a program that must succeed: its failure ends us with its exit code. */
async function mustRun(program, args, options) {
  const code = await run(program, args, options);
  if (code !== 0) process.exit(code);
  exitIfStopped();
}

module.exports = { exitIfStopped, ROOT, launch, mustRun, run, windows };
