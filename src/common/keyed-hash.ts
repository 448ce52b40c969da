// Pseudonyms for mobiles and addresses in Redis keys and logs: equal for equal values, useless without the key.

import { createHmac, type KeyObject } from 'node:crypto';

/** `kind` separates equal values of different kinds. Returns 128 bits as base64url, 22 characters. */
export type KeyedHash = (kind: string, value: string) => string;

const HASH_LENGTH = 22;

/** HMAC-SHA-256 under the secret, truncated to 128 bits. */
export function createKeyedHash(secret: KeyObject): KeyedHash {
  return (kind, value) =>
    createHmac('sha256', secret).update(`${kind}\0${value}`).digest('base64url').slice(0, HASH_LENGTH);
}
