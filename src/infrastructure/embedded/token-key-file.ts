// The private key of verification tokens if TOKEN_PRIVATE_KEY is unset: generated once, stored in the data directory.

import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const FILE_NAME = 'token-key.pem';

/** The key file cannot be written, or contains no private key. */
export class TokenKeyFileError extends Error {
  override readonly name = 'TokenKeyFileError';
}

/**
 * Reads the stored key, or generates and stores one. Tokens stay valid across restarts.
 * @throws TokenKeyFileError if the file cannot be written, or contains no private key.
 */
export function storedPrivateKey(dataDirectory: string): KeyObject {
  const file = join(dataDirectory, FILE_NAME);
  const pem = readIfExists(file) ?? generateFileOrFail(file);
  try {
    return createPrivateKey(pem);
  } catch {
    throw new TokenKeyFileError(
      `${file} contains no private key. Delete the file: the next start generates a new key.`,
    );
  }
}

/** A new P-256 private key in PKCS#8 PEM. */
export function newPrivateKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function generateFileOrFail(file: string): string {
  try {
    return generateFile(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new TokenKeyFileError(`TOKEN_PRIVATE_KEY is missing, and ${file} cannot be written: ${code}`);
  }
}

/** If several processes generate a key at the same time, all of them use the first. */
function generateFile(file: string): string {
  const temporary = `${file}.${randomUUID()}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(temporary, newPrivateKeyPem(), { mode: 0o600 });
  try {
    // A link is created atomically and never replaces a file.
    linkSync(temporary, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(temporary);
  }
  return readFileSync(file, 'utf8');
}

function readIfExists(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
