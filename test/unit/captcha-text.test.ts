// The captcha text and the comparison of answers with it.

import { describe, expect, it } from '@jest/globals';
import {
  CAPTCHA_ALPHABET,
  CAPTCHA_LENGTH,
  captchaText,
  isCaptchaAnswer,
  normalizeAnswer,
} from '../../src/captcha/captcha-text.ts';

describe('the captcha text', () => {
  it('has four characters, each chosen by one uniform random number', () => {
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

  it('can have every character of the alphabet at every position', () => {
    const texts = Array.from(CAPTCHA_ALPHABET, (_, index) => captchaText(() => index));
    expect(texts).toEqual(Array.from(CAPTCHA_ALPHABET, (character) => character.repeat(CAPTCHA_LENGTH)));
  });

  it('uses an alphabet without duplicates and look-alikes', () => {
    expect(new Set(CAPTCHA_ALPHABET).size).toBe(CAPTCHA_ALPHABET.length);
    expect(CAPTCHA_ALPHABET).toMatch(/^[A-Z0-9]+$/);
    expect(CAPTCHA_ALPHABET.length).toBeGreaterThanOrEqual(14);
    expect(CAPTCHA_ALPHABET).not.toMatch(/[0o1il]/i);
    for (const lookAlikes of ['2Z', '5S', '8B', '9GQ', '6GC', 'UVJ', 'HN', 'EF', '4A', 'DOQ']) {
      const present = Array.from(lookAlikes).filter((character) => CAPTCHA_ALPHABET.includes(character));
      expect(present.length).toBeLessThanOrEqual(1);
    }
  });
});

describe('a captcha answer', () => {
  it.each([
    ['as shown', 'AK67'],
    ['in lower case', 'ak67'],
    ['in mixed case', 'aK67'],
    ['with spaces around it', '  AK67 '],
    ['with a trailing newline', 'AK67\n'],
    ['with ideographic spaces', '\u3000AK67\u3000'],
    ['in full width', 'ＡＫ６７'],
    ['in lower case and full width', 'ａｋ６７'],
  ])('is accepted %s', (_form, answer) => {
    expect(isCaptchaAnswer('AK67', answer)).toBe(true);
  });

  it.each([
    ['empty', ''],
    ['only spaces', '   '],
    ['too short', 'AK6'],
    ['too long', 'AK677'],
    ['in a different order', 'KA67'],
    ['a different text', 'AKEH'],
    ['separated by spaces', 'A K 6 7'],
    ['a regular expression', 'AK..'],
    ['a regular expression for any text', '.*'],
    ['with NUL in it', 'AK67\0'],
    ['null', 'null'],
    ['undefined', 'undefined'],
    ['ten thousand characters', 'A'.repeat(10_000)],
  ])('is not accepted when it is %s', (_form, answer) => {
    expect(isCaptchaAnswer('AK67', answer)).toBe(false);
  });

  it('is normalized to the same string in every accepted form', () => {
    const forms = ['AK67', 'ak67', ' AK67\n', 'ＡＫ６７'];
    expect(new Set(forms.map(normalizeAnswer))).toEqual(new Set(['ak67']));
  });
});
