// The key that signs verification tokens where no setting names one: made once, kept beside the embedded database.

import { createPrivateKey, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const FILE = 'token-key.pem';

/** The kept key is no key. */
export class TokenKeyFileError extends Error {
  override readonly name = 'TokenKeyFileError';
}

/**
 * Tokens outlive a restart that way. Of several processes that make a key at once, all take the first.
 * @throws TokenKeyFileError if the file holds something else.
 */
export function keptPrivateKey(dataDirectory: string): KeyObject {
  const file = join(dataDirectory, FILE);
  const pem = readIfThere(file) ?? make(file);
  try {
    return createPrivateKey(pem);
  } catch {
    throw new TokenKeyFileError(`${file} holds no private key. Delete it: the next start makes a new one.`);
  }
}

/** A fresh P-256 private key, PKCS#8 PEM. */
export function newPrivateKeyPem(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function make(file: string): string {
  const own = `${file}.${randomUUID()}`;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(own, newPrivateKeyPem(), { mode: 0o600 });
  try {
    // A link appears whole or not at all, and never in place of another.
    linkSync(own, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(own);
  }
  return readFileSync(file, 'utf8');
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
