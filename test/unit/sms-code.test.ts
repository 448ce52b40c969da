// The code of an SMS: its derivation, its even distribution, and its comparison.

import { createSecretKey, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Mobile } from '../../src/common/phone-number.ts';
import {
  codeFromDigest,
  deriveSmsCode,
  isSmsCode,
  type SmsCodeSource,
} from '../../src/verification/codes/sms-code.ts';
import { SmsCodePurpose } from '../../src/verification/sms-code-purpose.ts';

const SECRET = secretKey('a secret of thirty-two bytes or more');
const source: SmsCodeSource = {
  purpose: SmsCodePurpose.REGISTER,
  mobile: '+8613800138000' as Mobile,
  nonce: 'Zm9vYmFyYmF6',
};

function secretKey(text: string): KeyObject {
  return createSecretKey(Buffer.from(text));
}

/** A digest that begins with these 32-bit words. All its other words are rejected. */
function digest(...words: number[]): Buffer {
  const bytes = Buffer.alloc(32, 0xff);
  words.forEach((word, index) => {
    bytes.writeUInt32BE(word, index * 4);
  });
  return bytes;
}

const FIRST_REJECTED = 4_294_000_000;
const LAST_WORD = 2 ** 32 - 1;

describe('codeFromDigest', () => {
  it.each([
    ['000000', 0],
    ['000001', 1],
    ['012345', 12_345],
    ['999999', 999_999],
    ['000000', 1_000_000],
    ['123456', 3_000_123_456],
    ['999999', FIRST_REJECTED - 1],
  ])('returns %s for the word %d', (code, word) => {
    expect(codeFromDigest(digest(word))).toBe(code);
  });

  it.each([FIRST_REJECTED, FIRST_REJECTED + 1, FIRST_REJECTED + 123_456, LAST_WORD])(
    'rejects the word %d, which would make low codes more likely',
    (word) => {
      expect(codeFromDigest(digest(word))).toBeUndefined();
      expect(codeFromDigest(digest(word, 42))).toBe('000042');
    },
  );

  it('uses the last word when all others are rejected', () => {
    const words = Array.from({ length: 7 }, () => LAST_WORD);
    expect(codeFromDigest(digest(...words, 654_321))).toBe('654321');
  });

  it('returns undefined when every word is rejected', () => {
    expect(codeFromDigest(digest())).toBeUndefined();
    expect(codeFromDigest(Buffer.alloc(0))).toBeUndefined();
  });
});

describe('deriveSmsCode', () => {
  it('derives the same code from the same source in every version of the service', () => {
    expect(deriveSmsCode(SECRET, source)).toBe('963044');
    expect(deriveSmsCode(secretKey('a secret of thirty-two bytes or more'), { ...source })).toBe('963044');
  });

  it.each([
    ['purpose', { ...source, purpose: 'LOGIN' }],
    ['mobile', { ...source, mobile: '+8613800138001' }],
    ['nonce', { ...source, nonce: 'Zm9vYmFyYmF7' }],
  ])('derives another code for another %s', (_field, other) => {
    expect(deriveSmsCode(SECRET, other as SmsCodeSource)).not.toBe(deriveSmsCode(SECRET, source));
  });

  it('derives another code with another secret', () => {
    const other = secretKey('a secret of thirty-two bytes or less');
    expect(deriveSmsCode(other, source)).not.toBe(deriveSmsCode(SECRET, source));
  });

  it('derives codes that are evenly distributed, over 200,000 sources', () => {
    const codes = Array.from({ length: 200_000 }, (_, index) =>
      deriveSmsCode(SECRET, { ...source, nonce: `nonce ${index}` }),
    );
    expect(codes.every((code) => /^\d{6}$/.test(code))).toBe(true);
    // The sources are fixed, so every run computes the same values. The bounds are the 99.9 % quantiles.
    for (let place = 0; place < 6; place += 1) {
      expect(chiSquare(codes, 10, (code) => Number(code[place]))).toBeLessThan(27.9);
    }
    for (let place = 0; place < 5; place += 1) {
      expect(chiSquare(codes, 100, (code) => Number(code.slice(place, place + 2)))).toBeLessThan(148.3);
    }
    expect(chiSquare(codes, 1000, (code) => Math.floor(Number(code) / 1000))).toBeLessThan(1143.9);
  });
});

/** The chi-square statistic of the codes over the bins: about `bins` for an even distribution. */
function chiSquare(codes: readonly string[], bins: number, binOf: (code: string) => number): number {
  const counts = new Array<number>(bins).fill(0);
  for (const code of codes) counts[binOf(code)] = (counts[binOf(code)] ?? 0) + 1;
  const expected = codes.length / bins;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('isSmsCode', () => {
  it.each(['042517', ' 042517 ', '\t042517\n', '０４２５１７', '　０42517'])(
    'accepts the code typed as %j',
    (input) => {
      expect(isSmsCode('042517', input)).toBe(true);
    },
  );

  it.each(['', '042518', '42517', '0425170', '042 517', '042517a', '042517\0', '4.2517e4'])(
    'rejects the input %j',
    (input) => {
      expect(isSmsCode('042517', input)).toBe(false);
    },
  );
});
