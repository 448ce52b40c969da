// The outlines of letters, read once from the font files that packages bring.

import { createRequire } from 'node:module';
import svgCaptcha from 'svg-captcha';

/** Bold and solid, one with round ends and one with flat ends; both are under the SIL Open Font License 1.1. */
const FONT_FILES = [
  '@fontsource/fredoka/files/fredoka-latin-600-normal.woff',
  '@fontsource/rubik/files/rubik-latin-600-normal.woff',
];
const STEPS_OF_A_CURVE = 6;
const SIZE = 100;

type Point = readonly [x: number, y: number];

/** What svg-captcha's font is, which its typings leave out. TrueType has straight lines and quadratic curves only. */
interface Font {
  charToGlyph(character: string): {
    getPath(x: number, y: number, size: number): { readonly commands: readonly Command[] };
  };
}

type Command =
  | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
  | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
  | { readonly type: 'Z' };

/** For each character its shape in each font: closed polygons, y downwards, to be filled where they wind around. */
export function letterOutlines(characters: string): Map<string, Point[][][]> {
  const { resolve } = createRequire(import.meta.url);
  const fonts = FONT_FILES.map((file) => loadFont(resolve(file)));
  return new Map(
    Array.from(characters, (character) => [
      character,
      fonts.map((font) => polygons(font.charToGlyph(character).getPath(0, 0, SIZE).commands)),
    ]),
  );
}

function loadFont(file: string): Font {
  svgCaptcha.loadFont(file);
  return (svgCaptcha.options as unknown as { font: Font }).font;
}

function polygons(commands: readonly Command[]): Point[][] {
  const contours: Point[][] = [];
  let points: Point[] = [];
  for (const command of commands) {
    if (command.type === 'Z') continue;
    if (command.type === 'M') {
      points = [];
      contours.push(points);
    }
    points.push(...(command.type === 'Q' ? curve(points.at(-1) ?? [0, 0], command) : [at(command)]));
  }
  return contours;
}

function curve([x0, y0]: Point, { x1, y1, x, y }: Command & { type: 'Q' }): Point[] {
  return Array.from({ length: STEPS_OF_A_CURVE }, (_, step) => {
    const t = (step + 1) / STEPS_OF_A_CURVE;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [a * x0 + b * x1 + c * x, a * y0 + b * y1 + c * y];
  });
}

function at({ x, y }: { readonly x: number; readonly y: number }): Point {
  return [x, y];
}
