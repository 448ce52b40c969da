// Reads letter outlines from the font files of the @fontsource packages.

import { createRequire } from 'node:module';
import svgCaptcha from 'svg-captcha';

/** Two semi-bold sans-serif fonts, one with round and one with flat stroke ends; SIL Open Font License 1.1. */
const FONT_FILES = [
  '@fontsource/fredoka/files/fredoka-latin-600-normal.woff',
  '@fontsource/rubik/files/rubik-latin-600-normal.woff',
];
const SEGMENTS_PER_CURVE = 6;
const FONT_SIZE = 100;

type Point = readonly [x: number, y: number];

/** The part of svg-captcha's font object used here; its typings omit it. TrueType has only lines and quadratic curves. */
interface Font {
  charToGlyph(character: string): {
    getPath(x: number, y: number, size: number): { readonly commands: readonly Command[] };
  };
}

type Command =
  | { readonly type: 'M' | 'L'; readonly x: number; readonly y: number }
  | { readonly type: 'Q'; readonly x1: number; readonly y1: number; readonly x: number; readonly y: number }
  | { readonly type: 'Z' };

/** Returns, for each character and font, closed polygons with the y axis downwards (non-zero winding rule). */
export function letterOutlines(characters: string): Map<string, Point[][][]> {
  const { resolve } = createRequire(import.meta.url);
  const fonts = FONT_FILES.map((file) => loadFont(resolve(file)));
  return new Map(
    Array.from(characters, (character) => [
      character,
      fonts.map((font) => toPolygons(font.charToGlyph(character).getPath(0, 0, FONT_SIZE).commands)),
    ]),
  );
}

function loadFont(file: string): Font {
  svgCaptcha.loadFont(file);
  return (svgCaptcha.options as unknown as { font: Font }).font;
}

function toPolygons(commands: readonly Command[]): Point[][] {
  const contours: Point[][] = [];
  let points: Point[] = [];
  for (const command of commands) {
    if (command.type === 'Z') continue;
    if (command.type === 'M') {
      points = [];
      contours.push(points);
    }
    points.push(
      ...(command.type === 'Q' ? flattenCurve(points.at(-1) ?? [0, 0], command) : [toPoint(command)]),
    );
  }
  return contours;
}

/** Approximates a quadratic Bézier curve by line segments. */
function flattenCurve([x0, y0]: Point, { x1, y1, x, y }: Command & { type: 'Q' }): Point[] {
  return Array.from({ length: SEGMENTS_PER_CURVE }, (_, step) => {
    const t = (step + 1) / SEGMENTS_PER_CURVE;
    const [a, b, c] = [(1 - t) ** 2, 2 * t * (1 - t), t ** 2];
    return [a * x0 + b * x1 + c * x, a * y0 + b * y1 + c * y];
  });
}

function toPoint({ x, y }: { readonly x: number; readonly y: number }): Point {
  return [x, y];
}
