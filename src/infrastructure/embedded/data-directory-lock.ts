// Keeps a second process out of a data directory: PGlite does not, and would lose rows silently.

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/** The locks of this very process: in a container every process is number 1, so an id alone tells nothing. */
const held = new Set<string>();

/**
 * Takes `<directory>.lock`, which holds our process id; the lock of a process that is gone is taken over.
 * @returns the function that gives it back.
 * @throws DataDirectoryInUseError naming the process that has it.
 */
export function lockDataDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  if (!create(file)) {
    const owner = ownerOf(file);
    if (held.has(file) || isAlive(owner)) {
      throw new DataDirectoryInUseError(
        `${directory} is in use by process ${owner}. Stop that process, or set DATABASE_URL to a PostgreSQL that ` +
          `takes several. If no such process is ours, delete ${file}.`,
      );
    }
    takeOver(file, directory);
  }
  held.add(file);
  return () => {
    held.delete(file);
    rmSync(file, { force: true });
  };
}

/** One process at a time removes a stale lock, after another look at it: one that was taken meanwhile stays. */
function takeOver(file: string, directory: string): void {
  const turn = `${file}.takeover`;
  const late = () =>
    new DataDirectoryInUseError(
      `${directory} was taken by another process just now. If not, delete ${turn}.`,
    );
  if (!create(turn)) throw late();
  try {
    if (isAlive(ownerOf(file))) throw late();
    rmSync(file, { force: true });
    if (!create(file)) throw late();
  } finally {
    rmSync(turn, { force: true });
  }
}

/** The process that a lock names; 0 if there is no lock any more. */
function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/** Linked into place, so that nobody sees a lock without the id in it. */
function create(file: string): boolean {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, String(process.pid), { mode: 0o600 });
  try {
    linkSync(own, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(own);
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
