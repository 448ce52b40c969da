// Letters as small pictures, made once from their outlines, so that drawing one is looking up its pixels.

/** Closed polygons with y downwards; inside is where they wind around. */
export type Outline = readonly (readonly (readonly [x: number, y: number])[])[];

export interface Glyph {
  /** `MASK_SIZE` rows of as many pixels: how much of each the letter covers, from 0 to `FULL`. */
  readonly mask: Uint8Array;
  /** How wide the letter is in the mask. */
  readonly width: number;
}

/** Each letter in each font. */
export type Glyphs = ReadonlyMap<string, readonly Glyph[]>;

/** A power of two, so that two comparisons tell whether a pixel is in the mask. */
export const MASK_SIZE = 64;
/** How high a letter is in the mask; it stands in the middle, and the mask's edge stays empty. */
export const LETTER_HEIGHT = 48;
/** All the bits of a pixel. */
export const FULL = 3;

/** Letters of very different widths would tell themselves apart by that alone. */
const NARROWEST = 0.62 * LETTER_HEIGHT;
const WIDEST = 1.1 * LETTER_HEIGHT;
/** Samples of a pixel in each direction. */
const FINE = 4;
const FINE_SIZE = MASK_SIZE * FINE;

export function createGlyphs(outlines: ReadonlyMap<string, readonly Outline[]>): Glyphs {
  return new Map(Array.from(outlines, ([letter, shapes]) => [letter, shapes.map(glyph)]));
}

function glyph(outline: Outline): Glyph {
  const xs = outline.flat().map(([x]) => x);
  const ys = outline.flat().map(([, y]) => y);
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const scaleY = LETTER_HEIGHT / (bottom - top);
  const width = Math.min(Math.max((right - left) * scaleY, NARROWEST), WIDEST);
  const scaleX = width / (right - left);
  const placed = outline.map((contour) =>
    contour.map(
      ([x, y]) =>
        [
          ((x - (left + right) / 2) * scaleX + MASK_SIZE / 2) * FINE,
          ((y - (top + bottom) / 2) * scaleY + MASK_SIZE / 2) * FINE,
        ] as const,
    ),
  );
  return { mask: averaged(filled(placed)), width };
}

/** The samples inside of the outline. */
function filled(outline: Outline): Uint8Array {
  const samples = new Uint8Array(FINE_SIZE * FINE_SIZE);
  for (let row = 0; row < FINE_SIZE; row += 1) {
    const crossings = outline.flatMap((contour) => crossingsAt(row + 0.5, contour)).sort((a, b) => a.x - b.x);
    let winding = 0;
    for (const [index, { x, turn }] of crossings.entries()) {
      winding += turn;
      const next = crossings[index + 1];
      if (winding !== 0 && next)
        samples.fill(1, row * FINE_SIZE + Math.round(x), row * FINE_SIZE + Math.round(next.x));
    }
  }
  return samples;
}

function crossingsAt(y: number, contour: Outline[number]) {
  return contour.flatMap(([x1, y1], index) => {
    const [x2, y2] = contour[(index + 1) % contour.length] ?? [x1, y1];
    if (y1 <= y === y2 <= y) return [];
    return [{ x: x1 + ((y - y1) / (y2 - y1)) * (x2 - x1), turn: y2 > y1 ? 1 : -1 }];
  });
}

function averaged(samples: Uint8Array): Uint8Array {
  return Uint8Array.from({ length: MASK_SIZE * MASK_SIZE }, (_, pixel) => {
    const start = Math.floor(pixel / MASK_SIZE) * FINE * FINE_SIZE + (pixel % MASK_SIZE) * FINE;
    let covered = 0;
    for (let row = 0; row < FINE; row += 1)
      for (let column = 0; column < FINE; column += 1)
        covered += samples[start + row * FINE_SIZE + column] ?? 0;
    return Math.round((covered / FINE ** 2) * FULL);
  });
}
