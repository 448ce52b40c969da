// The service as a process, with an environment, an output and an exit code.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from '@jest/globals';
import { projectRoot } from './project-root.ts';
import { watchProcess } from './reaper.ts';

const PROGRAM = [
  process.execPath,
  '--enable-source-maps',
  join(projectRoot, 'build-test/src/main.js'),
] as const;

export class ServiceProcess {
  /** Standard output and standard error. */
  output = '';
  readonly exited: Promise<number | null>;

  private readonly child: ChildProcess;
  private readonly watchers = new Set<() => void>();

  /**
   * @param directory where `.env` and `.data` are.
   * @param program what the words are passed to.
   */
  constructor(
    words: readonly string[],
    directory: string,
    environment: Record<string, string> = {},
    [command, ...args]: readonly [string, ...string[]] = PROGRAM,
  ) {
    const { PATH = '' } = process.env;
    this.child = spawn(command, [...args, ...words], {
      cwd: directory,
      env: { PATH, PORT: '0', ...environment },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
        for (const watch of this.watchers) watch();
      });
    }
    const ended = this.child.pid === undefined ? () => {} : watchProcess(this.child.pid, 'SIGKILL');
    this.exited = once(this.child, 'close').then(([code]) => {
      ended();
      return code;
    });
  }

  /** Waits until the output matches; fails with the whole output if the process ends before. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const watch = () => {
        const match = pattern.exec(this.output);
        if (match) {
          this.watchers.delete(watch);
          resolve(match);
        }
      };
      this.watchers.add(watch);
      this.exited.then((code) => reject(new Error(`exit code ${code} before ${pattern}:\n${this.output}`)));
      watch();
    });
  }

  async url(): Promise<string> {
    return String((await this.printed(/(http:\/\/127\.0\.0\.1:\d+)/))[1]);
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Ends the process if it still runs. */
  async end(): Promise<void> {
    if (this.child.exitCode === null) this.child.kill('SIGKILL');
    await this.exited;
  }
}

export interface ServiceProcesses {
  /** The working directory of the processes of this test. */
  readonly directory: string;
  run(words: readonly string[], environment?: Record<string, string>): ServiceProcess;
}

/** Gives each test an empty directory to run the service in, and ends its processes after it. */
export function withServiceProcesses(): ServiceProcesses {
  let directory = '';
  const processes: ServiceProcess[] = [];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'yanzheng-process-'));
  });
  afterEach(async () => {
    for (const service of processes.splice(0)) await service.end();
    await rm(directory, { recursive: true, force: true });
  });
  return {
    get directory() {
      return directory;
    },
    run(words, environment) {
      const service = new ServiceProcess(words, directory, environment);
      processes.push(service);
      return service;
    },
  };
}
