// Keyed hashes: equal for equal values, and useless without the key.

import { createSecretKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';

/** A key of 32 equal bytes. */
const key = (byte: number) => createSecretKey(Buffer.alloc(32, byte));

const hash = createKeyedHash(key(7));

describe('a keyed hash', () => {
  it('is the same for the same value in every process', () => {
    expect(hash('mobile', '+8613800138000')).toBe('vCgld4ASF6Yi3HTRyDFPYr');
    expect(createKeyedHash(key(7))('mobile', '+8613800138000')).toBe('vCgld4ASF6Yi3HTRyDFPYr');
  });

  it('differs by value, kind and key', () => {
    const hashes = [
      hash('mobile', '+8613800138000'),
      hash('mobile', '+8613800138001'),
      hash('address', '+8613800138000'),
      hash('mobile+', '8613800138000'),
      hash('', ''),
      createKeyedHash(key(8))('mobile', '+8613800138000'),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('has 22 characters of base64url, for values of any length', () => {
    for (const value of ['', '1', '+8613800138000', '短信', 'x'.repeat(100_000)]) {
      expect(hash('kind', value)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    }
  });

  it('does not contain a part of the value', () => {
    expect(hash('mobile', '+8613800138000')).not.toMatch(/138/);
  });
});
