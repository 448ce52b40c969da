// Rasterizes letter outlines once into masks. Drawing a letter then only looks up pixels in its mask.

/** Closed polygons, y axis downwards, filled by the non-zero winding rule. */
export type Outline = readonly (readonly (readonly [x: number, y: number])[])[];

export interface Glyph {
  /** `MASK_SIZE` × `MASK_SIZE` pixels, row by row: the coverage of each pixel, from 0 to `INK`. */
  readonly mask: Uint8Array;
  /** Width of the letter in the mask, in pixels. */
  readonly width: number;
}

/** For each character, one glyph per font. */
export type Glyphs = ReadonlyMap<string, readonly Glyph[]>;

/** A power of two: one bit test then checks whether coordinates are inside the mask. */
export const MASK_SIZE = 64;
/** Height of every letter in the mask. Letters are centred and leave the border of the mask empty. */
export const LETTER_HEIGHT = 48;
/** Value of a fully covered pixel; all bits of a pixel are set. */
export const INK = 3;

/** Letters are brought to similar widths, because the width alone would identify a letter. */
const MIN_WIDTH = 0.62 * LETTER_HEIGHT;
const MAX_WIDTH = 1.1 * LETTER_HEIGHT;
/** Samples per pixel in each direction. */
const OVERSAMPLING = 4;
const SAMPLES_PER_ROW = MASK_SIZE * OVERSAMPLING;

export function createGlyphs(outlines: ReadonlyMap<string, readonly Outline[]>): Glyphs {
  return new Map(Array.from(outlines, ([letter, shapes]) => [letter, shapes.map(createGlyph)]));
}

function createGlyph(outline: Outline): Glyph {
  const xs = outline.flat().map(([x]) => x);
  const ys = outline.flat().map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scaleY = LETTER_HEIGHT / (bottom - top);
  const width = Math.min(Math.max((right - left) * scaleY, MIN_WIDTH), MAX_WIDTH);
  const scaleX = width / (right - left);
  const scaled = outline.map((contour) =>
    contour.map(
      ([x, y]) =>
        [
          ((x - (left + right) / 2) * scaleX + MASK_SIZE / 2) * OVERSAMPLING,
          ((y - (top + bottom) / 2) * scaleY + MASK_SIZE / 2) * OVERSAMPLING,
        ] as const,
    ),
  );
  return { mask: averageSamples(fillOutline(scaled)), width };
}

/** Where a row of samples crosses a contour, and in which direction. */
interface Crossing {
  readonly x: number;
  readonly direction: 1 | -1;
}

/** Returns one sample per sub-pixel: 1 inside the outline, else 0. */
function fillOutline(outline: Outline): Uint8Array {
  const samples = new Uint8Array(SAMPLES_PER_ROW * SAMPLES_PER_ROW);
  for (const [row, crossings] of crossingsOfRows(outline).entries()) {
    crossings.sort((a, b) => a.x - b.x);
    let winding = 0;
    for (const [index, { x, direction }] of crossings.entries()) {
      winding += direction;
      const next = crossings[index + 1];
      if (winding !== 0 && next)
        samples.fill(1, row * SAMPLES_PER_ROW + Math.round(x), row * SAMPLES_PER_ROW + Math.round(next.x));
    }
  }
  return samples;
}

/** Each line of the outline adds its crossings to the rows whose middle it passes. */
function crossingsOfRows(outline: Outline): Crossing[][] {
  const rows = Array.from({ length: SAMPLES_PER_ROW }, (): Crossing[] => []);
  for (const contour of outline) {
    for (const [index, [x1, y1]] of contour.entries()) {
      const [x2, y2] = contour[(index + 1) % contour.length] ?? [x1, y1];
      const end = Math.ceil(Math.max(y1, y2) - 0.5);
      for (let row = Math.ceil(Math.min(y1, y2) - 0.5); row < end; row += 1) {
        const x = x1 + ((row + 0.5 - y1) / (y2 - y1)) * (x2 - x1);
        rows[row]?.push({ x, direction: y2 > y1 ? 1 : -1 });
      }
    }
  }
  return rows;
}

/** Reduces the samples to the coverage of each mask pixel. */
function averageSamples(samples: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: MASK_SIZE * MASK_SIZE }, (_, pixel) => {
    const start =
      Math.floor(pixel / MASK_SIZE) * OVERSAMPLING * SAMPLES_PER_ROW + (pixel % MASK_SIZE) * OVERSAMPLING;
    let covered = 0;
    for (let row = 0; row < OVERSAMPLING; row += 1)
      for (let column = 0; column < OVERSAMPLING; column += 1)
        covered += samples[start + row * SAMPLES_PER_ROW + column] ?? 0;
    return Math.round((covered / OVERSAMPLING ** 2) * INK);
  });
}
