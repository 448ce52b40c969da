// Keeps a second process out of a data directory: PGlite does not, and would lose rows silently.

import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export class DataDirectoryInUse extends Error {
  override readonly name = 'DataDirectoryInUse';
}

/** The locks of this very process: in a container every process is number 1, so an id alone tells nothing. */
const held = new Set<string>();

/**
 * Takes `<directory>.lock`, which holds our process id; the lock of a process that is gone is taken over.
 * @returns the function that gives it back.
 * @throws DataDirectoryInUse naming the process that has it.
 */
export function lockDataDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  if (!create(file)) {
    const owner = Number(readFileSync(file, 'utf8'));
    if (held.has(file) || isAlive(owner)) {
      throw new DataDirectoryInUse(
        `${directory} is in use by process ${owner}. Stop that process, or set DATABASE_URL to a PostgreSQL that ` +
          `takes several. If no such process is ours, delete ${file}.`,
      );
    }
    rmSync(file, { force: true });
    if (!create(file)) throw new DataDirectoryInUse(`${directory} was taken by another process just now.`);
  }
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

function create(file: string): boolean {
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    writeSync(descriptor, String(process.pid));
    closeSync(descriptor);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** Our own id in a lock that we do not hold is a leftover. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
