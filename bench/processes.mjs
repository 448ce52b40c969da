// Processes of the run: each on its core, each ended by its id, also when the run is cut short.

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** What all of them end on; PostgreSQL takes it as: now, without waiting for the clients. */
const STOP = 'SIGINT';
const END_WITHIN_MS = 5000;
const READY_WITHIN_MS = 20_000;

export class Processes {
  #children = [];
  #ending = false;
  #reaper;
  #directory;

  /** `directory` is where they work and log; it goes when they have gone. */
  constructor(directory) {
    this.#directory = directory;
    const reaper = fileURLToPath(new URL('reaper.mjs', import.meta.url));
    // In a group of its own: Ctrl-C in the terminal must not end it before its work is done.
    this.#reaper = spawn(process.execPath, [reaper, directory], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#reaper.unref();
    this.#reaper.stdin.unref();
    this.#reaper.stdin.on('error', () => {});
  }

  /** Starts a server and waits until `isReady` is true; resolves to its id. */
  async start({ isReady, ...server }) {
    const running = this.#spawn(server);
    const deadline = Date.now() + READY_WITHIN_MS;
    while (!(await isReady().catch(() => false))) {
      if (Date.now() > deadline) running.failure ??= 'it did not answer in time';
      if (running.failure) throw this.#error(server.name, running.failure);
      await sleep(20);
    }
    return running.child.pid;
  }

  /** Runs a command to its end. */
  async finish(command) {
    const { child } = this.#spawn(command);
    const [code] = await once(child, 'exit');
    if (code !== 0) throw this.#error(command.name, `it ended with ${code}`);
  }

  /** Ends all of them, the last one started first. */
  async end() {
    this.#ending = true;
    for (const child of this.#children.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exit = once(child, 'exit');
      child.kill(STOP);
      const force = setTimeout(() => child.kill('SIGKILL'), END_WITHIN_MS);
      await exit;
      clearTimeout(force);
    }
    this.#reaper.stdin.end();
  }

  /** Its environment is `env` and nothing else, so that no setting of the caller's shell gets in. */
  #spawn({ name, command, args, env = {}, user, core }) {
    if (this.#ending) throw new Error('the run is being ended');
    const log = openSync(this.#logFile(name), 'a');
    const [program, ...words] = [...onCore(core), command, ...args];
    const options = { cwd: this.#directory, env: { PATH: process.env.PATH, ...env }, ...user };
    const child = spawn(program, words, { ...options, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    const running = { child, failure: undefined };
    child.once('error', (error) => {
      running.failure = error.message;
    });
    if (child.pid === undefined) return running;
    this.#children.push(child);
    this.#reaper.stdin.write(`+${child.pid}\n`);
    child.once('exit', (code, signal) => {
      running.failure = `it ended with ${code ?? signal}`;
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

/** Whether cores can be chosen here, and for what: the last one for the servers measured, the rest for all else. */
const cores = allowedCores();
export const serverCore = cores.length > 1 ? cores.at(-1) : undefined;
const otherCores = serverCore === undefined ? undefined : cores.slice(0, -1).join();

/** Moves this process, and with it whatever it starts without a core of its own, off the servers' core. */
export function leaveServerCore() {
  if (otherCores)
    execFileSync('taskset', ['-a', '-c', '-p', otherCores, String(process.pid)], { stdio: 'ignore' });
}

function onCore(core) {
  return core === undefined ? [] : ['taskset', '-c', String(core)];
}

/** None where the system has no `taskset`. */
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

const TICKS_PER_SECOND = 100;

/** Seconds of processor time that a process has used, all its threads together; `undefined` without /proc. */
export function cpuSeconds(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // "pid (name) state …": user and system time are the 12th and 13th word after the name.
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(words[11]) + Number(words[12])) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/** Resident memory in MB; `undefined` without /proc. */
export function residentMb(pid) {
  try {
    return Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
  } catch {
    return undefined;
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
