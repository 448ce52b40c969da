// A captcha's text as a picture.

import { FULL, type Glyph, type Glyphs, LETTER_HEIGHT, MASK_SIZE } from './glyphs.ts';
import { type Colour, palettePng } from './png.ts';

export const CAPTCHA_WIDTH = 180;
export const CAPTCHA_HEIGHT = 60;

const CURVES = 2;
/** How far the warp moves a row or a column at most. */
const [ROWS_MOVE, COLUMNS_MOVE] = [4, 6];
const FINENESS = 1 << 16;
/** `randomInt(n)` gives a uniform integer from 0 up to, without, `n`. */
type RandomInt = (bound: number) => number;
type Between = (low: number, high: number) => number;

/** How far each row of the picture moves sideways and each column up or down. */
interface Warp {
  readonly rows: Float64Array;
  readonly columns: Float64Array;
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Draws the text and returns a PNG as a data URI; the same random numbers give the same picture.
 *
 * There is one ink, and everything turns over what it covers: where letters overlap, where curves cross them, and below
 * a horizon that runs through all of them, ink becomes paper and paper becomes ink. So no colour belongs to one letter,
 * and no column is empty. A pixel is two bits, and to turn it over is an exclusive or with what covers it.
 * What a person needs stays: solid letters, upright but for a little, one warp for all.
 */
export function captchaImage(text: string, glyphs: Glyphs, randomInt: RandomInt): string {
  const between: Between = (low, high) => low + ((high - low) * randomInt(FINENESS)) / FINENESS;
  const pixels = new Uint8Array(CAPTCHA_WIDTH * CAPTCHA_HEIGHT);
  const warp = {
    rows: wave(CAPTCHA_HEIGHT, ROWS_MOVE, [40, 70], between),
    columns: wave(CAPTCHA_WIDTH, COLUMNS_MOVE, [50, 90], between),
  };
  const letters = chosen(text, glyphs, randomInt);
  for (const [n, place] of places(letters, between).entries())
    drawLetter(pixels, letters[n] as Glyph, place, warp, between);
  drawHorizon(pixels, between);
  for (let n = 0; n < CURVES; n += 1) drawCurve(pixels, between);
  const png = palettePng(CAPTCHA_WIDTH, pixels, palette(randomInt));
  return `data:image/png;base64,${png.toString('base64')}`;
}

/** Each letter in a font of its own. */
function chosen(text: string, glyphs: Glyphs, randomInt: RandomInt): Glyph[] {
  return Array.from(text, (character) => {
    const fonts = glyphs.get(character);
    if (!fonts) throw new Error(`no glyph for ${character}`);
    return fonts[randomInt(fonts.length)] as Glyph;
  });
}

function wave(length: number, most: number, [shortest, longest]: [number, number], between: Between) {
  const height = between(0.5, 1) * most;
  const pace = (2 * Math.PI) / between(shortest, longest);
  const phase = between(0, 2 * Math.PI);
  const shifts = new Float64Array(length);
  for (let n = 0; n < length; n += 1) shifts[n] = height * Math.sin(n * pace + phase);
  return shifts;
}

/** Side by side; turned, sheared and warped, the letters lean over the little room between them. */
function places(letters: readonly Glyph[], between: Between): Place[] {
  const sizes = letters.map((glyph) => {
    const height = between(38, 46);
    return { height, width: (glyph.width / LETTER_HEIGHT) * height * between(0.9, 1.1) };
  });
  const room = between(146, 154);
  const stretch = room / sizes.reduce((sum, { width }) => sum + width, 0);
  const gap = between(2, 4);
  let left = (CAPTCHA_WIDTH - room - gap * (letters.length - 1)) / 2;
  return sizes.map(({ height, width }) => {
    const place = { x: left + (width * stretch) / 2, y: CAPTCHA_HEIGHT / 2 + between(-4, 4) };
    left += width * stretch + gap;
    return { ...place, height, width: width * stretch };
  });
}

/** Goes through the pixels where the letter may be, and looks up in its mask what each of them shows. */
function drawLetter(pixels: Uint8Array, glyph: Glyph, place: Place, warp: Warp, between: Between): void {
  const { mask } = glyph;
  const turn = between(-0.25, 0.25);
  const shear = between(-0.2, 0.2);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [scaleX, scaleY] = [glyph.width / place.width, LETTER_HEIGHT / place.height];
  const [ux, uy] = [(cos - shear * sin) * scaleX, (sin + shear * cos) * scaleX];
  const [vx, vy] = [-sin * scaleY, cos * scaleY];
  const lean = uy / ux;
  const reach = (glyph.width / 2 + 1) / ux + Math.abs(lean) * COLUMNS_MOVE;
  for (let row = 0; row < CAPTCHA_HEIGHT; row += 1) {
    const down = row - place.y;
    const middle = place.x - (warp.rows[row] as number);
    const from = Math.max(0, Math.floor(middle - lean * down - reach));
    const to = Math.min(CAPTCHA_WIDTH, Math.ceil(middle - lean * down + reach));
    for (let column = from; column < to; column += 1) {
      const dx = column - middle;
      const dy = down + (warp.columns[column] as number);
      const u = (dx * ux + dy * uy + MASK_SIZE / 2) | 0;
      const v = (dx * vx + dy * vy + MASK_SIZE / 2) | 0;
      // Inside of the mask both are from 0 to 63; any other number has a bit beyond the lowest six.
      if (((u | v) & -MASK_SIZE) !== 0) continue;
      (pixels[row * CAPTCHA_WIDTH + column] as number) ^= mask[v * MASK_SIZE + u] as number;
    }
  }
}

function drawHorizon(pixels: Uint8Array, between: Between): void {
  const middle = between(22, 38);
  const slope = between(-0.2, 0.2);
  const shifts = wave(CAPTCHA_WIDTH, 5, [90, 150], between);
  for (let column = 0; column < CAPTCHA_WIDTH; column += 1) {
    const y = middle + slope * (column - CAPTCHA_WIDTH / 2) + (shifts[column] as number);
    const first = Math.max(0, Math.round(y)) * CAPTCHA_WIDTH + column;
    for (let index = first; index < pixels.length; index += CAPTCHA_WIDTH) (pixels[index] as number) ^= FULL;
  }
}

/** From the left to the right, and much thinner than a letter's strokes, so that it is not taken for one. */
function drawCurve(pixels: Uint8Array, between: Between): void {
  const middle = between(10, 50);
  const slope = between(-0.25, 0.25);
  const half = between(0.45, 0.6);
  const shifts = wave(CAPTCHA_WIDTH + 1, 10, [80, 140], between);
  for (let column = 0; column < CAPTCHA_WIDTH; column += 1) {
    const y = middle + slope * (column - CAPTCHA_WIDTH / 2) + (shifts[column] as number);
    const steepness = slope + (shifts[column + 1] as number) - (shifts[column] as number);
    const reach = half * Math.sqrt(1 + steepness * steepness);
    turnColumnOver(pixels, column, y - reach, y + reach);
  }
}

function turnColumnOver(pixels: Uint8Array, column: number, top: number, bottom: number): void {
  const end = Math.min(CAPTCHA_HEIGHT, Math.ceil(bottom));
  for (let row = Math.max(0, Math.floor(top)); row < end; row += 1) {
    const covered = Math.round(FULL * (Math.min(bottom, row + 1) - Math.max(top, row)));
    (pixels[row * CAPTCHA_WIDTH + column] as number) ^= covered;
  }
}

/** Paper, two steps, ink: so light and so dark that their contrast is at least 5 to 1, whatever the hues. */
function palette(randomInt: RandomInt): Colour[] {
  const ink = [randomInt(90), randomInt(90), randomInt(90)];
  const paper = [255 - randomInt(30), 255 - randomInt(30), 255 - randomInt(30)];
  const mixed = (step: number) => (channel: number) =>
    Math.round(((paper[channel] as number) * (FULL - step) + (ink[channel] as number) * step) / FULL);
  return [0, 1, 2, FULL].map((step) => [0, 1, 2].map(mixed(step)) as unknown as Colour);
}
