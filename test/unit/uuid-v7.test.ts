// The ids of users: UUID version 7.

import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { uuidV7 } from '../../src/users/uuid-v7.ts';

describe('a UUID version 7', () => {
  it('matches the example of RFC 9562', () => {
    const random = Buffer.from('0cc318c4dc0c0c07398f', 'hex');
    expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
  });

  it.each([
    ['all zero', 0x00],
    ['all one', 0xff],
    ['mixed', 0x5a],
  ])('has version 7 and variant 10 when the random bits are %s', (_name, byte) => {
    expect(uuidV7(1_790_000_000_000, Buffer.alloc(10, byte))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it('starts with the time in milliseconds, from 1970 to the year 10889', () => {
    for (const nowMs of [0, 1, 1_790_000_000_000, 2 ** 48 - 1]) {
      const hex = uuidV7(nowMs, Buffer.alloc(10)).replaceAll('-', '');
      expect(Number.parseInt(hex.slice(0, 12), 16)).toBe(nowMs);
    }
  });

  it('sorts by time, independently of the random bits', () => {
    const first = 1_790_000_000_000;
    const ids = Array.from({ length: 1000 }, (_, index) => uuidV7(first + index, randomBytes(10)));
    expect(ids.toSorted()).toEqual(ids);
  });

  it('contains 74 random bits', () => {
    const hex = (random: Buffer) => uuidV7(0, random).replaceAll('-', '').slice(12);
    expect(hex(Buffer.alloc(10, 0xff))).toBe('7fffbfffffffffffffff');
    expect(hex(Buffer.alloc(10, 0x00))).toBe('70008000000000000000');
    expect(hex(Buffer.from('0123456789abcdef0123', 'hex'))).toBe('7123856789abcdef0123');
  });

  it('reads ten random bytes and does not change them', () => {
    const random = Buffer.from('0cc318c4dc0c0c07398fffff', 'hex');
    expect(uuidV7(0x017f22e279b0, random)).toBe('017f22e2-79b0-7cc3-98c4-dc0c0c07398f');
    expect(random.toString('hex')).toBe('0cc318c4dc0c0c07398fffff');
  });
});
