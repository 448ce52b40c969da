// Gives one process at a time access to a data directory. PGlite has no lock, and two processes would lose rows.

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export class DataDirectoryInUseError extends Error {
  override readonly name = 'DataDirectoryInUseError';
}

/**
 * The lock files of this process. The process id in a file is not enough: after a restart in a container the new
 * process has the id of the old one.
 */
const heldLocks = new Set<string>();

/**
 * Creates `<directory>.lock` with the id of this process. Replaces the lock of a process that has ended.
 * @returns a function that releases the lock.
 * @throws DataDirectoryInUseError if another process holds the lock.
 */
export function lockDataDirectory(directory: string): () => void {
  const file = `${directory}.lock`;
  mkdirSync(dirname(file), { recursive: true });
  if (!createLock(file)) {
    const owner = readOwner(file);
    if (heldLocks.has(file) || isRunning(owner)) {
      throw new DataDirectoryInUseError(
        `${directory} is in use by process ${owner}. Stop that process, or set DATABASE_URL to a PostgreSQL server. ` +
          `If that process is not Yanzheng, delete ${file}.`,
      );
    }
    replaceStaleLock(file, directory);
  }
  heldLocks.add(file);
  return () => {
    heldLocks.delete(file);
    rmSync(file, { force: true });
  };
}

/** A second lock file lets one process at a time replace a stale lock. It checks again, because a new lock may exist. */
function replaceStaleLock(file: string, directory: string): void {
  const replacing = `${file}.takeover`;
  const lost = () =>
    new DataDirectoryInUseError(
      `Another process has just locked ${directory}. If no such process is running, delete ${replacing}.`,
    );
  if (!createLock(replacing)) throw lost();
  try {
    if (isRunning(readOwner(file))) throw lost();
    rmSync(file, { force: true });
    if (!createLock(file)) throw lost();
  } finally {
    rmSync(replacing, { force: true });
  }
}

/** The process id in a lock file, or 0 if the file does not exist. */
function readOwner(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

/**
 * Writes a temporary file and links it into place, so that a lock file always contains its process id.
 * @returns false if the lock file exists.
 */
function createLock(file: string): boolean {
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, String(process.pid), { mode: 0o600 });
  try {
    linkSync(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    rmSync(temporary);
  }
}

/** A lock with the id of this process is stale, unless `heldLocks` has it. */
function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
