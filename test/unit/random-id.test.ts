// Random identifiers: their form, and that none repeats.

import { describe, expect, it } from '@jest/globals';
import { randomId, randomRequestId, randomToken } from '../../src/common/random-id.ts';

/** So many that the pool of random bytes is filled several hundred times. */
const COUNT = 50_000;

describe('random identifiers', () => {
  it.each([
    ['an id', randomId, 22],
    ['the id of a request', randomRequestId, 16],
    ['a token', randomToken, 8],
  ])('%s has its length, in base64url', (_what, create, length) => {
    for (let index = 0; index < 1000; index += 1)
      expect(create()).toMatch(new RegExp(`^[A-Za-z0-9_-]{${length}}$`));
  });

  it('are all different, also beyond one filling of the pool', () => {
    const ids = Array.from({ length: COUNT }, (_, index) => (index % 2 ? randomId() : randomRequestId()));
    expect(new Set(ids).size).toBe(COUNT);
  });

  it('share no bytes with the one before', () => {
    const [first, second] = [randomId(), randomId()].map((id) => Buffer.from(id, 'base64url'));
    expect(second?.subarray(0, 8)).not.toEqual(first?.subarray(8));
    expect(second).not.toEqual(first);
  });

  it('use every bit equally often', () => {
    const ones = Array(128).fill(0);
    for (let index = 0; index < 4000; index += 1) {
      const bytes = Buffer.from(randomId(), 'base64url');
      for (let bit = 0; bit < 128; bit += 1) ones[bit] += ((bytes[bit >> 3] ?? 0) >> (bit & 7)) & 1;
    }
    // 2000 are expected, with a standard deviation of 32.
    for (const count of ones) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });
});
