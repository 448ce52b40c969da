// The code of a text message: which one belongs to whom, and that every code is as likely as any other.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import { codeOfDigest, deriveSmsCode, type SmsCodeOrigin } from '../../src/verification/codes/sms-code.ts';

const SECRET = secretKey('a secret of thirty-two bytes or more');
const origin = {
  purpose: 'REGISTER',
  mobile: '+8613800138000' as Mobile,
  nonce: 'Zm9vYmFyYmF6',
} as SmsCodeOrigin;

function secretKey(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}

/** A digest that begins with these 32-bit words; the rest of it can give no code. */
function digest(...words: number[]): Buffer {
  const bytes = Buffer.alloc(32, 0xff);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word, index * 4);
  });
  return bytes;
}

const FIRST_REJECTED = 4_294_000_000;
const LAST_WORD = 2 ** 32 - 1;

describe('a code from a digest', () => {
  it.each([
    ['000000', 0],
    ['000001', 1],
    ['012345', 12_345],
    ['999999', 999_999],
    ['000000', 1_000_000],
    ['123456', 3_000_123_456],
    ['999999', FIRST_REJECTED - 1],
  ])('is %s for the word %d', (code, word) => {
    expect(codeOfDigest(digest(word))).toBe(code);
  });

  it.each([FIRST_REJECTED, FIRST_REJECTED + 1, FIRST_REJECTED + 123_456, LAST_WORD])(
    'is never from the word %d, which would favour low codes',
    (word) => {
      expect(codeOfDigest(digest(word))).toBeUndefined();
      expect(codeOfDigest(digest(word, 42))).toBe('000042');
    },
  );

  it('comes from the last word when all before it are rejected', () => {
    const words = Array.from({ length: 7 }, () => LAST_WORD);
    expect(codeOfDigest(digest(...words, 654_321))).toBe('654321');
  });

  it('is none when every word is rejected', () => {
    expect(codeOfDigest(digest())).toBeUndefined();
    expect(codeOfDigest(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('the code that is sent', () => {
  it('is the same for the same origin, in this version and in the next', () => {
    expect(deriveSmsCode(SECRET, origin)).toBe('963044');
    expect(deriveSmsCode(secretKey('a secret of thirty-two bytes or more'), { ...origin })).toBe('963044');
  });

  it.each([
    ['purpose', { ...origin, purpose: 'LOGIN' }],
    ['mobile', { ...origin, mobile: '+8613800138001' }],
    ['nonce', { ...origin, nonce: 'Zm9vYmFyYmF7' }],
  ])('is another one for another %s', (_part, other) => {
    expect(deriveSmsCode(SECRET, other as SmsCodeOrigin)).not.toBe(deriveSmsCode(SECRET, origin));
  });

  it('is another one under another secret', () => {
    const other = secretKey('a secret of thirty-two bytes or less');
    expect(deriveSmsCode(other, origin)).not.toBe(deriveSmsCode(SECRET, origin));
  });

  it('is as often any code as any other, over 200,000 origins', () => {
    const codes = Array.from({ length: 200_000 }, (_, index) =>
      deriveSmsCode(SECRET, { ...origin, nonce: `nonce ${index}` }),
    );
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    // The origins are fixed, so these figures are the same in every run; the bounds are the 99.9 % quantiles.
    for (let place = 0; place < 6; place += 1) {
      expect(chiSquare(codes, 10, (code) => Number(code[place]))).toBeLessThan(27.9);
    }
    for (let place = 0; place < 5; place += 1) {
      expect(chiSquare(codes, 100, (code) => Number(code.slice(place, place + 2)))).toBeLessThan(148.3);
    }
    expect(chiSquare(codes, 1000, (code) => Math.floor(Number(code) / 1000))).toBeLessThan(1143.9);
  });
});

/** How far the codes are from being spread evenly over the bins; about `bins` if they are. */
function chiSquare(codes: readonly string[], bins: number, binOf: (code: string) => number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const code of codes) counts[binOf(code)] = (counts[binOf(code)] ?? 0) + 1;
  const expected = codes.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}
