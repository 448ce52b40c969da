// The lock of a data directory: one process at a time holds it, and the lock of an ended process is replaced.

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

/** Tries to lock the directory and prints `locked` or the error. */
const LOCKER = `
  import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve('../../src/infrastructure/embedded/data-directory-lock.js'))};
  try {
    lockDataDirectory(process.argv[1]);
    console.log('locked');
    process.stdin.resume(); // keeps the process running until the test ends it
  } catch (error) {
    console.log(error.name + ': ' + error.message);
  }
`;

/** Tries to replace the stale locks 0, 1, 2 … at set times, and prints the locks that it holds. */
const COMPETITOR = `
  import { lockDataDirectory } from ${JSON.stringify(import.meta.resolve('../../src/infrastructure/embedded/data-directory-lock.js'))};
  const [, directory, locks, firstMs] = process.argv;
  const held = [];
  for (let lock = 0; lock < Number(locks); lock += 1) {
    while (Date.now() < Number(firstMs) + lock * 4);
    try {
      lockDataDirectory(directory + lock);
      held.push(lock);
    } catch (error) {
      if (error.name !== 'DataDirectoryInUseError') throw error;
    }
  }
  console.log(JSON.stringify(held));
  process.stdin.resume(); // keeps the process running, so that its locks stay valid
`;

describe('lockDataDirectory', () => {
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
    for (const child of children.splice(0)) await kill(child);
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

  /** Starts another process that tries to lock the directory. */
  async function startLocker(): Promise<{ child: ChildProcess; result: string }> {
    const child = startProcess(LOCKER, directory);
    return { child, result: await firstLine(child) };
  }

  async function kill(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  }

  it('writes the process id to a file next to the directory, readable by its owner only', () => {
    lockDataDirectory(directory);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    expect(existsSync(directory)).toBe(false);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('locks again after a release', () => {
    const release = lockDataDirectory(directory);
    release();
    expect(existsSync(file)).toBe(false);
    lockDataDirectory(directory)();
    expect(existsSync(file)).toBe(false);
  });

  it('fails in another process, and names the owner and the solution', async () => {
    lockDataDirectory(directory);
    const { result } = await startLocker();
    expect(result).toMatch(/^DataDirectoryInUseError: /);
    expect(result).toContain(`in use by process ${process.pid}`);
    expect(result).toContain('DATABASE_URL');
    expect(result).toContain(file);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
  });

  it('fails while another process holds the lock', async () => {
    const { child, result } = await startLocker();
    expect(result).toBe('locked');
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
    expect(() => lockDataDirectory(directory)).toThrow(`in use by process ${child.pid}`);
    expect(readFileSync(file, 'utf8')).toBe(String(child.pid));
  });

  it('replaces the lock of a process that crashed', async () => {
    const { child } = await startLocker();
    await kill(child);
    expect(existsSync(file)).toBe(true);
    const release = lockDataDirectory(directory);
    expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    release();
  });

  it('succeeds in another process after a release', async () => {
    lockDataDirectory(directory)();
    expect((await startLocker()).result).toBe('locked');
  });

  it('lets one of several processes replace a stale lock', async () => {
    const locks = Array.from({ length: 150 }, (_, lock) => lock);
    const { child } = await startLocker();
    await kill(child);
    for (const lock of locks) writeFileSync(`${directory}${lock}.lock`, String(child.pid));
    const lockers = Array.from({ length: 3 }, () =>
      startProcess(COMPETITOR, directory, String(locks.length), String(Date.now() + 500)),
    );
    const lines = await Promise.all(lockers.map(firstLine));
    expect(lines.flatMap((line) => JSON.parse(line)).toSorted((one, other) => one - other)).toEqual(locks);
  });

  it('replaces a stale lock with the id of this process, as after the restart of a container', async () => {
    lockDataDirectory(directory)();
    writeFileSync(file, String(process.pid));
    lockDataDirectory(directory)();
    expect(existsSync(file)).toBe(false);
  });

  it('fails if this process holds the lock', () => {
    const release = lockDataDirectory(directory);
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
    release();
    lockDataDirectory(directory)();
  });

  it.each(['', 'nobody', '-1', '0', '1.5', '99999999999999999999', '\0'])(
    'replaces a lock that contains %j instead of a process id',
    (content) => {
      lockDataDirectory(directory)();
      writeFileSync(file, content);
      lockDataDirectory(directory);
      expect(readFileSync(file, 'utf8')).toBe(String(process.pid));
    },
  );

  it('fails if the lock belongs to a process that must not be signalled', () => {
    lockDataDirectory(directory)();
    writeFileSync(file, process.platform === 'win32' ? String(process.ppid) : '1');
    expect(() => lockDataDirectory(directory)).toThrow(DataDirectoryInUseError);
  });

  it('locks each directory on its own', () => {
    lockDataDirectory(directory);
    lockDataDirectory(`${directory}-other`);
    expect(existsSync(`${directory}-other.lock`)).toBe(true);
  });

  it('throws the error of the file system if the lock cannot be written', () => {
    writeFileSync(join(parent.path, 'file'), '');
    expect(() => lockDataDirectory(join(parent.path, 'file', 'pg18'))).toThrow(/ENOTDIR|EEXIST|ENOENT/);
  });
});
