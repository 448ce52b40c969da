// The characters of a captcha and the answers that count as right.

import { describe, expect, it } from '@jest/globals';
import {
  CAPTCHA_ALPHABET,
  CAPTCHA_LENGTH,
  captchaText,
  isCaptchaAnswer,
} from '../../src/captcha/captcha-text.ts';

describe("a captcha's text", () => {
  it('has four characters, each drawn by its own uniform number below the size of the alphabet', () => {
    const size = CAPTCHA_ALPHABET.length;
    const numbers = [0, 1, size - 2, size - 1];
    const bounds: number[] = [];
    const text = captchaText((bound) => {
      bounds.push(bound);
      return numbers[bounds.length - 1] ?? 0;
    });
    expect(text).toBe(numbers.map((number) => CAPTCHA_ALPHABET[number]).join(''));
    expect(text).toHaveLength(4);
    expect(bounds).toEqual([size, size, size, size]);
  });

  it('can hold every character at every place, each for exactly one number', () => {
    const texts = Array.from(CAPTCHA_ALPHABET, (_, index) => captchaText(() => index));
    expect(texts).toEqual(Array.from(CAPTCHA_ALPHABET, (character) => character.repeat(CAPTCHA_LENGTH)));
  });

  it('holds no character twice in its alphabet and none that looks like another', () => {
    expect(new Set(CAPTCHA_ALPHABET).size).toBe(CAPTCHA_ALPHABET.length);
    expect(CAPTCHA_ALPHABET).toMatch(/^[A-Z0-9]+$/);
    expect(CAPTCHA_ALPHABET.length).toBeGreaterThanOrEqual(15);
    for (const lookAlikes of ['0O', '1IL', '2Z', '5S', '8B', '9GQ', 'UV']) {
      const present = Array.from(lookAlikes).filter((character) => CAPTCHA_ALPHABET.includes(character));
      expect(present.length).toBeLessThanOrEqual(1);
    }
  });
});

describe('an answer to a captcha', () => {
  it.each([
    ['as it stands', 'AC67'],
    ['in lower case', 'ac67'],
    ['in mixed case', 'aC67'],
    ['with spaces around it', '  AC67 '],
    ['with a newline behind it', 'AC67\n'],
    ['with ideographic spaces', '\u3000AC67\u3000'],
    ['in full width', 'ＡＣ６７'],
    ['in lower case and full width', 'ａｃ６７'],
  ])('is right %s', (_way, answer) => {
    expect(isCaptchaAnswer('AC67', answer)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['only spaces', '   '],
    ['too short', 'AC6'],
    ['too long', 'AC677'],
    ['in another order', 'CA67'],
    ['another text', 'ACDE'],
    ['spread out', 'A C 6 7'],
    ['a pattern', 'AC..'],
    ['a pattern for anything', '.*'],
    ['with NUL in it', 'AC67\0'],
    ['null', 'null'],
    ['undefined', 'undefined'],
    ['ten thousand characters', 'A'.repeat(10_000)],
  ])('is wrong when it is %s', (_what, answer) => {
    expect(isCaptchaAnswer('AC67', answer)).toBe(false);
  });
});
