// The picture of a captcha: few colours, few bytes, enough contrast, and nothing that names its letters.

import { randomInt } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { CAPTCHA_ALPHABET, captchaText } from '../../src/captcha/captcha-text.ts';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from '../../src/captcha/rendering/captcha-image.ts';
import { letterOutlines } from '../../src/captcha/rendering/fonts.ts';
import { createGlyphs, FULL, MASK_SIZE } from '../../src/captcha/rendering/glyphs.ts';

const PREFIX = 'data:image/png;base64,';
const glyphs = createGlyphs(letterOutlines(CAPTCHA_ALPHABET));

/** The same numbers each time, as many as are asked for. */
function repeatable(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function pngOf(text: string, random = randomInt as (bound: number) => number): Buffer {
  const uri = captchaImage(text, glyphs, random);
  expect(uri.startsWith(PREFIX)).toBe(true);
  return Buffer.from(uri.slice(PREFIX.length), 'base64');
}

const some = (count: number) => Array.from({ length: count }, () => pngOf(captchaText(randomInt)));

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let offset = 8; offset < png.length; ) {
    const length = png.readUInt32BE(offset);
    const type = png.toString('latin1', offset + 4, offset + 8);
    chunks.push({ type, data: png.subarray(offset + 8, offset + 8 + length) });
    offset += length + 12;
  }
  return chunks;
}

function chunk(png: Buffer, wanted: string): Buffer {
  return chunksOf(png).find(({ type }) => type === wanted)?.data ?? Buffer.alloc(0);
}

/** The numbers of the colours, row by row. */
function pixelsOf(png: Buffer): number[] {
  const bytes = inflateSync(chunk(png, 'IDAT'));
  const rowBytes = CAPTCHA_WIDTH / 4 + 1;
  expect(bytes).toHaveLength(rowBytes * CAPTCHA_HEIGHT);
  return Array.from(bytes).flatMap((byte, index) =>
    index % rowBytes === 0 ? [] : [byte >> 6, (byte >> 4) & 3, (byte >> 2) & 3, byte & 3],
  );
}

/** The relative luminance of WCAG 2. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) =>
    value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("a captcha's picture", () => {
  it('is a PNG of the announced size with four colours', () => {
    const png = pngOf('ACD6');
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(chunksOf(png).map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const header = chunk(png, 'IHDR');
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([CAPTCHA_WIDTH, CAPTCHA_HEIGHT]);
    expect([CAPTCHA_WIDTH, CAPTCHA_HEIGHT]).toEqual([180, 60]);
    const [bitsPerPixel, colourType] = header.subarray(8);
    expect([bitsPerPixel, colourType]).toEqual([2, 3]);
    expect(chunk(png, 'PLTE')).toHaveLength(4 * 3);
  });

  it('is Base64 without line breaks, so that it can stand in a page as it is', () => {
    expect(captchaImage('ACD6', glyphs, randomInt)).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/);
  });

  it('is small, whatever it shows', () => {
    expect(Math.max(...some(500).map(({ length }) => length))).toBeLessThanOrEqual(3000);
  });

  it('has ink and paper, about as much of one as of the other', () => {
    for (const png of some(50)) {
      const pixels = pixelsOf(png);
      const ink = pixels.filter((pixel) => pixel === FULL).length / pixels.length;
      expect(ink).toBeGreaterThan(0.2);
      expect(ink).toBeLessThan(0.8);
    }
  });

  it('has enough contrast for a person', () => {
    const extremes = [() => 0, (bound: number) => bound - 1].map((random) => pngOf('ACD6', random));
    for (const png of [...extremes, ...some(200)]) {
      const palette = chunk(png, 'PLTE');
      const [paper, ink] = [palette.subarray(0, 3), palette.subarray(-3)].map((colour) =>
        luminance([...colour]),
      );
      expect(((paper ?? 0) + 0.05) / ((ink ?? 0) + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('differs each time, also for the same text', () => {
    const pictures = Array.from({ length: 1000 }, () => captchaImage('ACD6', glyphs, randomInt));
    expect(new Set(pictures).size).toBe(1000);
  });

  it('follows from the text and the random numbers, and from nothing else', () => {
    expect(pngOf('ACD6', repeatable(7))).toEqual(pngOf('ACD6', repeatable(7)));
    expect(pngOf('ACD6', repeatable(7))).not.toEqual(pngOf('ACD6', repeatable(8)));
  });

  it('shows every character: another one at any place changes much of the picture', () => {
    const reference = pixelsOf(pngOf('AAAA', repeatable(7)));
    for (const character of CAPTCHA_ALPHABET.replace('A', ''))
      for (let place = 0; place < 4; place += 1) {
        const text = `${'A'.repeat(place)}${character}${'A'.repeat(3 - place)}`;
        const pixels = pixelsOf(pngOf(text, repeatable(7)));
        const different = pixels.filter((pixel, index) => pixel !== reference[index]).length;
        expect([text, different > 100]).toEqual([text, true]);
      }
  });

  it('holds pixels only: neither its text nor outlines beside the picture', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const text = captchaText(repeatable(seed));
      const png = pngOf(text, repeatable(seed));
      expect(png.includes(text)).toBe(false);
      expect(png.toString('latin1')).not.toMatch(/<svg|<path|xmlns|fill=|tEXt/);
    }
  });

  it('cannot be drawn of a character that no font was asked for', () => {
    expect(() => captchaImage('AB', glyphs, randomInt)).toThrow('no glyph for B');
  });
});

describe('the masks of the letters', () => {
  it('are there for every character in every font, and no two are the same', () => {
    const masks = Array.from(CAPTCHA_ALPHABET, (character) => glyphs.get(character) ?? []);
    expect(masks.map(({ length }) => length)).toEqual(Array(CAPTCHA_ALPHABET.length).fill(2));
    const pictures = masks.flat().map(({ mask }) => Buffer.from(mask).toString('latin1'));
    expect(new Set(pictures).size).toBe(pictures.length);
  });

  it('are solid letters with an empty edge', () => {
    for (const { mask } of Array.from(glyphs.values()).flat()) {
      const covered = mask.filter((value) => value === FULL).length / mask.length;
      expect(covered).toBeGreaterThan(0.1);
      expect(covered).toBeLessThan(0.5);
      const edge = Array.from(mask).filter((_, index) => {
        const [x, y] = [index % MASK_SIZE, Math.floor(index / MASK_SIZE)];
        return x === 0 || y === 0 || x === MASK_SIZE - 1 || y === MASK_SIZE - 1;
      });
      expect(Math.max(...edge)).toBe(0);
    }
  });
});
