// Starts and stops the processes of a benchmark run, each pinned to a CPU core.

import { execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** PostgreSQL stops on SIGINT without waiting for its clients. The other programs stop on it, too. */
const STOP_SIGNAL = 'SIGINT';
const STOP_TIMEOUT_MS = 5000;
const READY_TIMEOUT_MS = 20_000;
const READY_POLL_INTERVAL_MS = 20;

export class Processes {
  #children = [];
  #isStopping = false;
  #reaper;
  #directory;

  /** `directory` is the working directory of the processes and contains their logs. It is deleted at the end. */
  constructor(directory) {
    this.#directory = directory;
    const reaper = fileURLToPath(new URL('reaper.mjs', import.meta.url));
    // In its own process group, so that Ctrl-C in the terminal does not end it before it has cleaned up.
    this.#reaper = spawn(process.execPath, [reaper, directory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#reaper.unref();
    this.#reaper.stdin.unref();
    this.#reaper.stdin.on('error', () => {});
  }

  /** Starts a server and waits until `isReady` resolves to true. @returns its process id. */
  async start({ isReady, ...server }) {
    const running = this.#spawn(server);
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await isReady().catch(() => false))) {
      if (Date.now() > deadline) running.failure ??= 'not ready in time';
      if (running.failure) throw this.#error(server.name, running.failure);
      await sleep(READY_POLL_INTERVAL_MS);
    }
    return running.child.pid;
  }

  /** Runs a command and waits until it exits. @throws if its exit code is not 0. */
  async finish(command) {
    const { child } = this.#spawn(command);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw this.#error(command.name, `exited with code ${code}`);
  }

  /** Stops all processes, in reverse order of their start. */
  async end() {
    this.#isStopping = true;
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill(STOP_SIGNAL);
      const force = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await exit;
      clearTimeout(force);
    }
    this.#reaper.stdin.end();
  }

  /** The environment is `env` and PATH only, so that settings of the shell do not affect the measurement. */
  #spawn({ name, command, args, env = {}, user, core }) {
    if (this.#isStopping) throw new Error('the benchmark is stopping');
    const log = openSync(this.#logFile(name), 'a');
    const [program, ...programArgs] = [...tasksetCommand(core), command, ...args];
    const options = { cwd: this.#directory, env: { PATH: process.env.PATH, ...env }, ...user };
    const child = spawn(program, programArgs, { ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const running = { child, failure: undefined };
    child.once('error', (error) => {
      running.failure = error.message;
    });
    if (child.pid === undefined) return running;
    this.#children.push(child);
    this.#reaper.stdin.write(`+${child.pid}\n`);
    child.once('exit', (code, signal) => {
      running.failure = `exited with ${code ?? signal}`;
      this.#reaper.stdin.write(`-${child.pid}\n`);
    });
    return running;
  }

  #error(name, failure) {
    return new Error(`${name}: ${failure}\n${readFileSync(this.#logFile(name), 'utf8').slice(-2000)}`);
  }

  #logFile(name) {
    return join(this.#directory, `${name}.log`);
  }
}

const cores = allowedCores();
/** The last core runs the server that is measured, the others run everything else. Undefined if there is only one. */
export const serverCore = coreOfServer(0);

/** The core of each further server: the last one but one, and so on. With too few cores it is shared with everything else. */
export function coreOfServer(index) {
  return cores.length > 1 ? cores.at(-1 - (index % cores.length)) : undefined;
}

/** Moves this process off the cores of `count` servers, and with it the processes that it starts without a core. */
export function leaveServerCores(count) {
  const otherCores = cores.slice(0, Math.max(1, cores.length - count)).join();
  if (serverCore !== undefined)
    execFileSync('taskset', ['-a', '-c', '-p', otherCores, String(process.pid)], { stdio: 'ignore' });
}

function tasksetCommand(core) {
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

/** The cores that this process may use. Empty if the system has no `taskset`. */
function allowedCores() {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' });
    const [, list] = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return list.split(',').flatMap((range) => {
      const [first, last = first] = range.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, index) => first + index);
    });
  } catch {
    return [];
  }
}

const NANOSECONDS_PER_SECOND = 1e9;

/** The CPU time of a process with all its threads, in seconds. Undefined if the system has no /proc. */
export function cpuSeconds(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.reduce((sum, thread) => sum + threadNanoseconds(pid, thread), 0) / NANOSECONDS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** 0 for a thread that has just ended. */
function threadNanoseconds(pid, thread) {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]);
  } catch {
    return 0;
  }
}

/**
 * Starts to measure the CPU time of processes.
 * @param listPids a function, because processes may start in the meantime, such as those of new PostgreSQL connections
 * @returns a function that returns the seconds of each process since then.
 */
export function startCpuMeter(listPids) {
  const before = new Map(listPids().map((pid) => [pid, cpuSeconds(pid)]));
  return () => listPids().map((pid) => cpuSeconds(pid) - (before.get(pid) ?? 0));
}

/** A process and its children: PostgreSQL has one for each connection. */
export function withChildren(parent) {
  const children = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && parentOf(pid) === parent);
  return [parent, ...children.map(Number)];
}

function parentOf(pid) {
  try {
    return Number(/^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))[1]);
  } catch {
    return undefined;
  }
}

/** The resident memory of a process in MB. Undefined if the system has no /proc. */
export function residentMb(pid) {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return undefined;
  }
}

// Below the ephemeral range. The bus of a Redis Cluster node uses the port + 10000, which must be valid too.
const FIRST_PORT = 23_000;
const LAST_PORT = 26_000;

export async function freePort() {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}

function isFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
