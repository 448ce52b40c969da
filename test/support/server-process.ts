import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { familyOf, signalAll, waitUntilGone } from './processes.ts';
import { watchProcess } from './reaper.ts';

export interface ServerCommand {
  name: string;
  command: string;
  args: string[];
  directory: string;
  logFile: string;
  /** The user to run as, if it differs from that of the tests. */
  user?: { uid: number; gid: number } | undefined;
  stopSignal: NodeJS.Signals;
  /** The signal for a fast end that still releases kernel resources. */
  reapSignal: NodeJS.Signals;
  /** Resolves if the server answers, else rejects. */
  probe(): Promise<unknown>;
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** A server as a child process that tests can stop, pause, kill and restart. */
export class ServerProcess {
  readonly #server: ServerCommand;
  #child: ChildProcess | undefined;

  constructor(server: ServerCommand) {
    this.#server = server;
  }

  get pid(): number {
    if (this.#child?.pid === undefined) throw new Error(`${this.#server.name} is not running`);
    return this.#child.pid;
  }

  async start(): Promise<void> {
    this.#child = this.#spawn();
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      if (!this.#child) throw new Error(`${this.#server.name} ended at its start:\n${this.#log()}`);
      if (await this.#answers()) return;
      if (Date.now() > deadline) break;
      await sleep(10);
    }
    await this.kill();
    throw new Error(`${this.#server.name} did not answer in time:\n${this.#log()}`);
  }

  /** Stops its processes: connections stay open, without any answer. */
  async pause(): Promise<void> {
    signalAll([this.pid], 'SIGSTOP'); // the parent first, which could start another child meanwhile
    signalAll(familyOf(this.pid), 'SIGSTOP');
  }

  async resume(): Promise<void> {
    signalAll(familyOf(this.pid), 'SIGCONT');
  }

  /** A crash. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async restart(): Promise<void> {
    await this.stop();
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#end(this.#server.stopSignal);
  }

  #spawn(): ChildProcess {
    const { command, args, directory, logFile, user, reapSignal } = this.#server;
    const log = openSync(logFile, 'a');
    // its own process group: Ctrl-C in the terminal ends the tests, and not their servers
    const child = spawn(command, args, {
      cwd: directory,
      detached: true,
      stdio: ['ignore', log, log],
      ...user,
    });
    closeSync(log);
    child.unref();
    const ended = child.pid === undefined ? () => {} : watchProcess(child.pid, reapSignal);
    const forget = () => {
      ended();
      if (this.#child === child) this.#child = undefined;
    };
    child.once('exit', forget);
    child.once('error', forget);
    return child;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const family = familyOf(child.pid);
    const exit = once(child, 'exit');
    child.ref();
    signalAll(signal === 'SIGKILL' ? family : [child.pid], signal);
    signalAll(family, 'SIGCONT');
    if (!(await waitUntilGone(family, STOP_TIMEOUT_MS))) signalAll(family, 'SIGKILL');
    await exit;
  }

  async #answers(): Promise<boolean> {
    try {
      await this.#server.probe();
      return true;
    } catch {
      return false;
    }
  }

  #log(): string {
    return readFileSync(this.#server.logFile, 'utf8').slice(-2_000);
  }
}
