import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchDirectory } from './reaper.ts';

export interface TemporaryDirectory {
  path: string;
  remove(): Promise<void>;
}

/** Creates a directory. It is removed by the end of the run, even without remove(). */
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

const REQUIRED_BYTES = 2 * 1024 ** 3;

/** A directory in memory if that is large enough (in a container it often is not), else one on disk. */
export async function memoryOrDisk(): Promise<string> {
  if (process.platform !== 'linux') return tmpdir();
  const { bavail, bsize } = await statfs('/dev/shm').catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize >= REQUIRED_BYTES ? '/dev/shm' : tmpdir();
}
