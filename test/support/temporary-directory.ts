import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchDirectory } from './reaper.ts';

export interface TemporaryDirectory {
  path: string;
  remove(): Promise<void>;
}

/** A fresh directory that is gone after the run, whether or not remove() is called. */
export async function temporaryDirectory(prefix: string, parent = tmpdir()): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, `${prefix}-`));
  const removed = watchDirectory(path);
  return {
    path,
    async remove() {
      await rm(path, { recursive: true, force: true, maxRetries: 5 });
      removed();
    },
  };
}

const ENOUGH_BYTES = 2 * 1024 ** 3;

/** A directory in memory where the system has one of some size (in a container it often has not). */
export async function memoryOrDisk(): Promise<string> {
  if (process.platform !== 'linux') return tmpdir();
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= ENOUGH_BYTES ? '/dev/shm' : tmpdir();
}
