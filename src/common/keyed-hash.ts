// Pseudonyms for mobiles and addresses in Redis keys and logs: equal for equal values, useless without the key.

import { createHmac, type KeyObject } from 'node:crypto';

/** `kind` separates equal values of different kinds. Returns 128 bits as base64url, 22 characters. */
export type KeyedHash = (kind: string, value: string) => string;

const HASH_LENGTH = 22;
/** One request hashes its mobile for every key and log line, so the latest mobiles and addresses stay in memory. */
const CACHE_SIZE = 512;
const CACHED_KINDS = new Set(['mobile', 'range', 'address', 'network']);

/** HMAC-SHA-256 under the secret, truncated to 128 bits. */
export function createKeyedHash(secret: KeyObject): KeyedHash {
  const cache = new Map<string, string>();
  return (kind, value) => {
    const input = `${kind}\0${value}`;
    const cached = cache.get(input);
    if (cached !== undefined) return cached;
    const hash = createHmac('sha256', secret).update(input).digest('base64url').slice(0, HASH_LENGTH);
    if (!CACHED_KINDS.has(kind)) return hash;
    if (cache.size >= CACHE_SIZE) cache.clear();
    cache.set(input, hash);
    return hash;
  };
}
