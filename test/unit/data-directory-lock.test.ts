// The lock on a data directory: one process has it, and a process that is gone has nothing.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  DataDirectoryInUseError,
  lockDataDirectory,
} from '../../src/infrastructure/embedded/data-directory-lock.ts';
import { type TemporaryDirectory, temporaryDirectory } from '../support/temporary-directory.ts';

const PROGRAM = `
  import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve('../../src/platform/embedded/data-lock.js'))};
  try {
    lockDataDirectory(process.argv[1]);
    console.log('locked');
    process.stdin.resume(); // until it is told to end, or the test does
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

/** Tries the stale locks 0, 1, 2 … at the same instants as every other process that does; prints which it got. */
const RACER = `
  import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve('../../src/platform/embedded/data-lock.js'))};
  const [, directory, locks, firstMs] = process.argv;
  const won = [];
  for (let lock = 0; lock < Number(locks); lock += 1) {
    while (Date.now() < Number(firstMs) + lock * 4);
    try {
      lockDataDirectory(directory + lock);
      won.push(lock);
    } catch (error) {
      if (error.name !== 'DataDirectoryInUseError') throw error;
    }
  }
  console.log(JSON.stringify(won));
  process.stdin.resume(); // what it got is its own for as long as it lives
`;

describe('the lock on a data directory', () => {
  let parent: TemporaryDirectory;
  let directory: string;
  let file: string;
  const children: ChildProcess[] = [];

  beforeEach(async () => {
    parent = await temporaryDirectory('yanzheng-lock');
    directory = join(parent.path, 'data', 'pg18');
    file = `${directory}.lock`;
  });

  afterEach(async () => {
    for (const child of children.splice(0)) await end(child);
    await parent.remove();
  });

  function startProcess(program: string, ...args: string[]): ChildProcess {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    return child;
  }

  async function firstLine(child: ChildProcess): Promise<string> {
    const [line] = await once(createInterface(child.stdout as NodeJS.ReadableStream), 'line');
    return line;
  }

  /** Another process that tries to take the lock; `said` is what came of it. */
  async function otherProcess(): Promise<{ child: ChildProcess; said: string }> {
    const child = startProcess(PROGRAM, directory);
    return { child, said: await firstLine(child) };
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  it('holds our process id, in a file that only we may read, beside a directory that need not exist', () => {
    lockDataDirectory(directory);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    expect(existsSync(directory)).toBe(false);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('can be given back and taken again', () => {
    const unlock = lockDataDirectory(directory);
    unlock();
    expect(existsSync(file)).toBe(false);
    lockDataDirectory(directory)();
    expect(existsSync(file)).toBe(false);
  });

  it('keeps another process out, and tells it who has the lock and what to do', async () => {
    lockDataDirectory(directory);
    const { said } = await otherProcess();
    expect(said).toMatch(/^DataDirectoryInUseError: /);
    expect(said).toContain(`in use by process ${process.pid}`);
    expect(said).toContain('DATABASE_URL');
    expect(said).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  });

  it('keeps us out while another process has it', async () => {
    const { child, said } = await otherProcess();
    expect(said).toBe('locked');
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
    expect(() => lockDataDirectory(directory)).toThrow(`in use by process ${child.pid}`);
    expect(readFileSync(file, 'utf8')).toBe(String(child.pid));
  });

  it('is taken over from a process that crashed', async () => {
    const { child } = await otherProcess();
    await end(child);
    expect(existsSync(file)).toBe(true);
    const unlock = lockDataDirectory(directory);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    unlock();
  });

  it('goes to another process once it is given back', async () => {
    lockDataDirectory(directory)();
    expect((await otherProcess()).said).toBe('locked');
  });

  it('of a crashed process goes to one of several that find it at the same time', async () => {
    const locks = Array.from({ length: 150 }, (_, lock) => lock);
    const { child } = await otherProcess();
    await end(child);
    for (const lock of locks) writeFileSync(`${directory}${lock}.lock`, String(child.pid));
    const racers = Array.from({ length: 3 }, () =>
      startProcess(RACER, directory, String(locks.length), String(Date.now() + 500)),
    );
    const won = await Promise.all(racers.map(firstLine));
    expect(won.flatMap((line) => JSON.parse(line)).toSorted((one, other) => one - other)).toEqual(locks);
  });

  it('is taken over when it is left from a process with our own id, as in a container that restarts', async () => {
    lockDataDirectory(directory)();
    writeFileSync(file, String(process.pid));
    lockDataDirectory(directory)();
    expect(existsSync(file)).toBe(false);
  });

  it('is not given twice to the same process', () => {
    const unlock = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
    unlock();
    lockDataDirectory(directory)();
  });

  it.each(['', 'nobody', '-1', '0', '1.5', '99999999999999999999', '\0'])(
    'is taken over when it holds no process id but %j',
    (content) => {
      lockDataDirectory(directory)();
      writeFileSync(file, content);
      lockDataDirectory(directory);
      expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    },
  );

  it('is respected when a process has it that we may not even signal', () => {
    lockDataDirectory(directory)();
    writeFileSync(file, process.platform === 'win32' ? String(process.ppid) : '1');
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
  });

  it('of one directory leaves another one free', () => {
    lockDataDirectory(directory);
    lockDataDirectory(`${directory}-other`);
    expect(existsSync(`${directory}-other.lock`)).toBe(true);
  });

  it('that cannot be written at all is a fault of its own', () => {
    writeFileSync(join(parent.path, 'file'), '');
    expect(() => lockDataDirectory(join(parent.path, 'file', 'pg18'))).toThrow(/ENOTDIR|EEXIST|ENOENT/);
  });
});
