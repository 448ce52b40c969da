// Names for secrets in Redis keys and logs: the same for the same value, worthless without the key.

import { createHmac, type KeyObject } from 'node:crypto';

/** `kind` keeps equal values of different kinds apart. Reply: 128 bits in base64url, 22 characters. */
export type KeyedHash = (kind: string, value: string) => string;

const HASH_CHARACTERS = 22;

export function createKeyedHash(secret: KeyObject): KeyedHash {
  return (kind, value) =>
    createHmac('sha256', secret).update(`${kind}\0${value}`).digest('base64url').slice(0, HASH_CHARACTERS);
}
