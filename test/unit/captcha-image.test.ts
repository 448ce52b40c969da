// The captcha image: PNG format, size, contrast, legible layout, and no trace of the text besides the pixels.

import { randomInt } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { CAPTCHA_ALPHABET, captchaText } from '../../src/captcha/captcha-text.ts';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from '../../src/captcha/rendering/captcha-image.ts';
import { letterOutlines } from '../../src/captcha/rendering/fonts.ts';
import { createGlyphs, type Glyphs, INK, MASK_SIZE } from '../../src/captcha/rendering/glyphs.ts';

const PREFIX = 'data:image/png;base64,';
const glyphs = createGlyphs(letterOutlines(CAPTCHA_ALPHABET));

/** Glyphs that cover nothing: an image drawn with them is the background alone. */
const emptyGlyphs: Glyphs = new Map(
  Array.from(glyphs, ([character, fonts]) => [
    character,
    fonts.map((glyph) => ({ ...glyph, mask: new Uint8Array(glyph.mask.length) })),
  ]),
);

/** A reproducible replacement for `randomInt`. */
function seededRandomInt(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * bound);
  };
}

function draw(text: string, random: (bound: number) => number = randomInt, from: Glyphs = glyphs): Buffer {
  const uri = captchaImage(text, from, random);
  expect(uri.startsWith(PREFIX)).toBe(true);
  return Buffer.from(uri.slice(PREFIX.length), 'base64');
}

const drawMany = (count: number) => Array.from({ length: count }, () => draw(captchaText(randomInt)));

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

/** Palette indices, row by row. */
function pixelsOf(png: Buffer): number[] {
  const bytes = inflateSync(chunk(png, 'IDAT'));
  const rowBytes = CAPTCHA_WIDTH / 4 + 1;
  expect(bytes).toHaveLength(rowBytes * CAPTCHA_HEIGHT);
  return Array.from(bytes).flatMap((byte, index) =>
    index % rowBytes === 0 ? [] : [byte >> 6, (byte >> 4) & 3, (byte >> 2) & 3, byte & 3],
  );
}

interface Letter {
  /** Indices of the pixels of the letter. */
  readonly pixels: readonly number[];
  /** The share of the letter that lies in the inverted part of the image. */
  readonly inverted: number;
}

/** Compares the image with its background and returns the connected areas that differ: the letters. */
function lettersOf(text: string, seed: number): Letter[] {
  const image = pixelsOf(draw(text, seededRandomInt(seed)));
  const background = pixelsOf(draw(text, seededRandomInt(seed), emptyGlyphs));
  const isLetter = image.map((pixel, index) => (pixel ^ (background[index] ?? 0)) >= 2);
  const letters: Letter[] = [];
  for (let start = 0; start < isLetter.length; start += 1) {
    const pixels = removeConnected(isLetter, start);
    const inverted = pixels.filter((index) => background[index] === INK).length / pixels.length;
    if (pixels.length > 20) letters.push({ pixels, inverted });
  }
  return letters;
}

/** The letters of 100 reproducible images. */
const drawnLetters = Array.from({ length: 100 }, (_, seed) =>
  lettersOf(captchaText(seededRandomInt(seed)), seed),
);

/** Clears the connected area that contains `start` and returns its pixels. */
function removeConnected(isLetter: boolean[], start: number): number[] {
  const found: number[] = [];
  const visit = (index: number) => {
    if (!isLetter[index]) return;
    isLetter[index] = false;
    found.push(index);
  };
  visit(start);
  for (const index of found)
    for (const row of [-CAPTCHA_WIDTH, 0, CAPTCHA_WIDTH])
      for (const column of [-1, 0, 1]) visit(index + row + column);
  return found;
}

/** The relative luminance of WCAG 2. */
function luminance(colour: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = colour.map((value) =>
    value / 255 <= 0.03928 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('the captcha image', () => {
  it('is a PNG of 180 × 60 pixels with four colours', () => {
    const png = draw('AEK6');
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(chunksOf(png).map(({ type }) => type)).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const header = chunk(png, 'IHDR');
    expect([header.readUInt32BE(0), header.readUInt32BE(4)]).toEqual([CAPTCHA_WIDTH, CAPTCHA_HEIGHT]);
    expect([CAPTCHA_WIDTH, CAPTCHA_HEIGHT]).toEqual([180, 60]);
    const [bitsPerPixel, colourType] = header.subarray(8);
    expect([bitsPerPixel, colourType]).toEqual([2, 3]);
    expect(chunk(png, 'PLTE')).toHaveLength(4 * 3);
  });

  it('is a data URI without line breaks', () => {
    expect(captchaImage('AEK6', glyphs, randomInt)).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/);
  });

  it('is at most 3000 bytes', () => {
    expect(Math.max(...drawMany(500).map(({ length }) => length))).toBeLessThanOrEqual(3000);
  });

  it('shows four separate letters in at least 85% of all images', () => {
    const separate = drawnLetters.filter((letters) => letters.length === 4);
    expect(separate.length).toBeGreaterThanOrEqual(0.85 * drawnLetters.length);
  });

  it('shows every letter in full, away from the border', () => {
    const letterPixels = drawnLetters.flat().flatMap(({ pixels }) => pixels);
    const atBorder = letterPixels.filter((index) => {
      const [x, y] = [index % CAPTCHA_WIDTH, Math.floor(index / CAPTCHA_WIDTH)];
      return x === 0 || y === 0 || x === CAPTCHA_WIDTH - 1 || y === CAPTCHA_HEIGHT - 1;
    });
    expect(atBorder).toEqual([]);
  });

  it('shows letters at least half as high as the image', () => {
    const heights = drawnLetters.flat().map(({ pixels }) => {
      const rows = pixels.map((index) => Math.floor(index / CAPTCHA_WIDTH));
      return Math.max(...rows) - Math.min(...rows) + 1;
    });
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(CAPTCHA_HEIGHT / 2);
  });

  it('inverts a part of almost every letter, so that no colour belongs to letters alone', () => {
    const letters = drawnLetters.flat();
    const partlyInverted = letters.filter(({ inverted }) => inverted > 0 && inverted < 1);
    expect(partlyInverted.length).toBeGreaterThanOrEqual(0.95 * letters.length);
  });

  it('consists of paper at the top and ink at the bottom of its first and last column', () => {
    for (const png of drawMany(50))
      for (const column of [0, CAPTCHA_WIDTH - 1]) {
        const pixels = pixelsOf(png).filter((_, index) => index % CAPTCHA_WIDTH === column);
        expect(pixels.join('')).toMatch(/^0+3+$/);
      }
  });

  it('has a contrast of at least 4.5:1 between ink and paper', () => {
    const extremes = [() => 0, (bound: number) => bound - 1].map((random) => draw('AEK6', random));
    for (const png of [...extremes, ...drawMany(200)]) {
      const palette = chunk(png, 'PLTE');
      const [paper, ink] = [palette.subarray(0, 3), palette.subarray(-3)].map((colour) =>
        luminance([...colour]),
      );
      expect(((paper ?? 0) + 0.05) / ((ink ?? 0) + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
  });

  it('is different each time, even for the same text', () => {
    const images = Array.from({ length: 1000 }, () => captchaImage('AEK6', glyphs, randomInt));
    expect(new Set(images).size).toBe(1000);
  });

  it('depends only on the text and the random numbers', () => {
    expect(draw('AEK6', seededRandomInt(7))).toEqual(draw('AEK6', seededRandomInt(7)));
    expect(draw('AEK6', seededRandomInt(7))).not.toEqual(draw('AEK6', seededRandomInt(8)));
  });

  it('changes visibly when any character of the text changes', () => {
    const reference = pixelsOf(draw('AAAA', seededRandomInt(7)));
    for (const character of CAPTCHA_ALPHABET.replace('A', ''))
      for (let position = 0; position < 4; position += 1) {
        const text = `${'A'.repeat(position)}${character}${'A'.repeat(3 - position)}`;
        const pixels = pixelsOf(draw(text, seededRandomInt(7)));
        const different = pixels.filter((pixel, index) => pixel !== reference[index]).length;
        expect([text, different > 100]).toEqual([text, true]);
      }
  });

  it('contains neither the text nor letter outlines', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const text = captchaText(seededRandomInt(seed));
      const png = draw(text, seededRandomInt(seed));
      expect(png.includes(text)).toBe(false);
      expect(png.toString('latin1')).not.toMatch(/<svg|<path|xmlns|fill=|tEXt/);
    }
  });

  it('throws for a character without a glyph', () => {
    expect(() => captchaImage('AB', glyphs, randomInt)).toThrow('no glyph for B');
  });
});

describe('the letter masks', () => {
  it('exist for every character in every font and are all different', () => {
    const masks = Array.from(CAPTCHA_ALPHABET, (character) => glyphs.get(character) ?? []);
    expect(masks.map(({ length }) => length)).toEqual(Array(CAPTCHA_ALPHABET.length).fill(2));
    const contents = masks.flat().map(({ mask }) => Buffer.from(mask).toString('latin1'));
    expect(new Set(contents).size).toBe(contents.length);
  });

  it('are solid letters with an empty border', () => {
    for (const { mask } of Array.from(glyphs.values()).flat()) {
      const covered = mask.filter((value) => value === INK).length / mask.length;
      expect(covered).toBeGreaterThan(0.1);
      expect(covered).toBeLessThan(0.5);
      const border = Array.from(mask).filter((_, index) => {
        const [x, y] = [index % MASK_SIZE, Math.floor(index / MASK_SIZE)];
        return x === 0 || y === 0 || x === MASK_SIZE - 1 || y === MASK_SIZE - 1;
      });
      expect(Math.max(...border)).toBe(0);
    }
  });
});
