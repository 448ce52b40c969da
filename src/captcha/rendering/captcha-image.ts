// Draws the text of a captcha as a PNG image.

import { type Glyph, type Glyphs, INK, LETTER_HEIGHT, MASK_SIZE } from './glyphs.ts';
import { type Colour, palettePng } from './png.ts';

export const CAPTCHA_WIDTH = 180;
export const CAPTCHA_HEIGHT = 60;

/** Width of the line of letters. The rest is a margin for rotated letters. */
const TEXT_WIDTH = 164;
/** Narrow letters are widened by at most this factor to fill the line. */
const MAX_STRETCH = 1.15;
/** Rotation and shear of one letter, in radians and as a tangent. */
const MAX_ROTATION = 0.16;
const MAX_SHEAR = 0.1;
const MAX_VERTICAL_OFFSET = 3;
/** The largest shift of a row and of a column, in pixels. */
const MAX_ROW_SHIFT = 1.5;
const MAX_COLUMN_SHIFT = 2.5;
/** `randomNumber` returns multiples of 1 / RANDOM_STEPS of its range. */
const RANDOM_STEPS = 1 << 16;

/** `randomInt(n)` returns a uniform integer from 0 to n - 1. */
type RandomInt = (bound: number) => number;
/** Returns a uniform number from `low` to `high`. */
type RandomNumber = (low: number, high: number) => number;

/** Horizontal shift of each row and vertical shift of each column, in pixels. */
interface Warp {
  readonly rowShifts: Float64Array;
  readonly columnShifts: Float64Array;
}

/** Centre and size of a letter in the image. */
interface LetterBox {
  readonly centreX: number;
  readonly centreY: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Returns a PNG of the text as a data URI. The same text and random numbers give the same image.
 *
 * Legibility comes first: the letters are solid, rotated and warped only slightly, and rarely touch. Below a wavy line
 * through the middle of the image, ink and paper are swapped. People still see whole letters, but no single colour or
 * threshold separates the letters from their background.
 */
export function captchaImage(text: string, glyphs: Glyphs, randomInt: RandomInt): string {
  const randomNumber: RandomNumber = (low, high) =>
    low + ((high - low) * randomInt(RANDOM_STEPS)) / RANDOM_STEPS;
  const pixels = new Uint8Array(CAPTCHA_WIDTH * CAPTCHA_HEIGHT);
  const letters = chooseGlyphs(text, glyphs, randomInt);
  const warp: Warp = {
    rowShifts: randomWave(CAPTCHA_HEIGHT, MAX_ROW_SHIFT, [40, 70], randomNumber),
    columnShifts: randomWave(CAPTCHA_WIDTH, MAX_COLUMN_SHIFT, [70, 120], randomNumber),
  };
  for (const [index, box] of layOut(letters, randomNumber).entries())
    drawLetter(pixels, letters[index] as Glyph, box, warp, randomNumber);
  invertLowerPart(pixels, randomNumber);
  const png = palettePng(CAPTCHA_WIDTH, pixels, randomPalette(randomInt));
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** Chooses a font for each letter. */
function chooseGlyphs(text: string, glyphs: Glyphs, randomInt: RandomInt): Glyph[] {
  return Array.from(text, (character) => {
    const fonts = glyphs.get(character);
    if (!fonts) throw new Error(`no glyph for ${character}`);
    return fonts[randomInt(fonts.length)] as Glyph;
  });
}

/** A sine wave of random amplitude, wavelength and phase: one shift per pixel. */
function randomWave(
  length: number,
  maxAmplitude: number,
  [shortest, longest]: readonly [number, number],
  randomNumber: RandomNumber,
): Float64Array {
  const amplitude = randomNumber(0.5, 1) * maxAmplitude;
  const frequency = (2 * Math.PI) / randomNumber(shortest, longest);
  const phase = randomNumber(0, 2 * Math.PI);
  const shifts = new Float64Array(length);
  for (let n = 0; n < length; n += 1) shifts[n] = amplitude * Math.sin(n * frequency + phase);
  return shifts;
}

/** Places the letters side by side and centres the line. The gaps leave space for rotation and shear. */
function layOut(letters: readonly Glyph[], randomNumber: RandomNumber): LetterBox[] {
  const sizes = letters.map((glyph) => {
    const height = randomNumber(38, 44);
    return { height, width: (glyph.width / LETTER_HEIGHT) * height };
  });
  const gap = randomNumber(4, 7);
  const gaps = gap * (letters.length - 1);
  const naturalWidth = sizes.reduce((sum, { width }) => sum + width, 0);
  const stretch = Math.min(MAX_STRETCH, (TEXT_WIDTH - gaps) / naturalWidth);
  let left = (CAPTCHA_WIDTH - naturalWidth * stretch - gaps) / 2;
  return sizes.map(({ height, width: unstretched }) => {
    const width = unstretched * stretch;
    const centreX = left + width / 2;
    const centreY = CAPTCHA_HEIGHT / 2 + randomNumber(-MAX_VERTICAL_OFFSET, MAX_VERTICAL_OFFSET);
    left += width + gap;
    return { centreX, centreY, width, height };
  });
}

/** Rotates, shears and warps one letter into the image, reading its mask for each pixel it may cover. */
function drawLetter(
  pixels: Uint8Array,
  glyph: Glyph,
  box: LetterBox,
  warp: Warp,
  randomNumber: RandomNumber,
): void {
  const { mask } = glyph;
  const rotation = randomNumber(-MAX_ROTATION, MAX_ROTATION);
  const shear = randomNumber(-MAX_SHEAR, MAX_SHEAR);
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
  const [scaleX, scaleY] = [glyph.width / box.width, LETTER_HEIGHT / box.height];
  const [ux, uy] = [(cos - shear * sin) * scaleX, (sin + shear * cos) * scaleX];
  const [vx, vy] = [-sin * scaleY, cos * scaleY];
  const slant = uy / ux;
  const halfWidth = (glyph.width / 2 + 1) / ux + Math.abs(slant) * MAX_COLUMN_SHIFT;
  for (let row = 0; row < CAPTCHA_HEIGHT; row += 1) {
    const down = row - box.centreY;
    const middle = box.centreX - (warp.rowShifts[row] as number);
    const first = Math.max(0, Math.floor(middle - slant * down - halfWidth));
    const end = Math.min(CAPTCHA_WIDTH, Math.ceil(middle - slant * down + halfWidth));
    for (let column = first; column < end; column += 1) {
      const dx = column - middle;
      const dy = down + (warp.columnShifts[column] as number);
      const u = (dx * ux + dy * uy + MASK_SIZE / 2) | 0;
      const v = (dx * vx + dy * vy + MASK_SIZE / 2) | 0;
      // Coordinates inside the mask are 0 to 63; any other value has a bit above the lowest six.
      if (((u | v) & -MASK_SIZE) !== 0) continue;
      (pixels[row * CAPTCHA_WIDTH + column] as number) |= mask[v * MASK_SIZE + u] as number;
    }
  }
}

/** Swaps ink and paper below a slanted, wavy line through the middle of the image. */
function invertLowerPart(pixels: Uint8Array, randomNumber: RandomNumber): void {
  const height = CAPTCHA_HEIGHT / 2 + randomNumber(-5, 5);
  const slope = randomNumber(-0.2, 0.2);
  const wave = randomWave(CAPTCHA_WIDTH, 6, [90, 150], randomNumber);
  for (let column = 0; column < CAPTCHA_WIDTH; column += 1) {
    const firstRow = Math.round(height + slope * (column - CAPTCHA_WIDTH / 2) + (wave[column] as number));
    const first = Math.max(0, firstRow) * CAPTCHA_WIDTH + column;
    for (let index = first; index < pixels.length; index += CAPTCHA_WIDTH) (pixels[index] as number) ^= INK;
  }
}

/** Paper, two mixtures, ink. The contrast of ink on paper is at least 5:1 for every choice of hues. */
function randomPalette(randomInt: RandomInt): Colour[] {
  const ink = [randomInt(90), randomInt(90), randomInt(90)];
  const paper = [255 - randomInt(30), 255 - randomInt(30), 255 - randomInt(30)];
  const mixed = (step: number) => (channel: number) =>
    Math.round(((paper[channel] as number) * (INK - step) + (ink[channel] as number) * step) / INK);
  return [0, 1, 2, INK].map((step) => [0, 1, 2].map(mixed(step)) as unknown as Colour);
}
