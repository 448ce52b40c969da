// The letters of the generator as templates, in all the ways in which it turns, shears and stretches them, and how much
// a part of a picture is like each.

import { LETTER_HEIGHT, MASK_SIZE } from '../../dist/captcha/rendering/glyphs.js';
import { ALPHABET, glyphs } from './pictures.mjs';

const TURNS = [-0.3, -0.15, 0, 0.15, 0.3];
const SHEARS = [-0.25, 0, 0.25];
const STRETCHES = [0.8, 1, 1.2];

/** The side of a template and of what is compared with it. */
export const SIDE = 24;
export const PIXELS = SIDE * SIDE;
/** In a picture of half the size. */
const HEIGHT_IN_WINDOW = 22;
/** Blocks of a window whose sign is forgiven, for the horizon has turned over a part of the letter. */
const BLOCK = 6;

/** What is compared: the ink, its edges, which no turning over changes, or its blocks, each up to its sign. */
export const FEATURES = ['ink', 'edges', 'blocks'];

const variants = [...ALPHABET].flatMap((letter) =>
  glyphs
    .get(letter)
    .flatMap(({ mask }) =>
      TURNS.flatMap((turn) =>
        SHEARS.flatMap((shear) => STRETCHES.map((stretch) => ({ letter, mask, turn, shear, stretch }))),
      ),
    ),
);
/** For windows: as large as letters are in the picture. For segments: stretched to the whole square. */
export const windowTemplates = Object.fromEntries(
  FEATURES.map((feature) => [
    feature,
    variants.map((v) => ({ letter: v.letter, values: described(inWindow(v), feature) })),
  ]),
);
export const segmentTemplates = Object.fromEntries(
  FEATURES.map((feature) => [
    feature,
    variants
      .filter(({ stretch }) => stretch === 1)
      .map((v) => ({ letter: v.letter, values: described(squared(inWindow(v), SIDE, SIDE), feature) })),
  ]),
);

function inWindow({ mask, turn, shear, stretch }) {
  const values = new Float64Array(PIXELS);
  const scale = LETTER_HEIGHT / HEIGHT_IN_WINDOW;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  for (let row = 0; row < SIDE; row += 1)
    for (let column = 0; column < SIDE; column += 1) {
      let sum = 0;
      for (const [right, down] of [
        [-0.25, -0.25],
        [0.25, -0.25],
        [-0.25, 0.25],
        [0.25, 0.25],
      ]) {
        const [x, y] = [column + 0.5 + right - SIDE / 2, row + 0.5 + down - SIDE / 2];
        const across = -sin * x + cos * y;
        const u = Math.floor(((cos * x + sin * y + shear * across) / stretch) * scale + MASK_SIZE / 2);
        const v = Math.floor(across * scale + MASK_SIZE / 2);
        if (u >= 0 && u < MASK_SIZE && v >= 0 && v < MASK_SIZE) sum += mask[v * MASK_SIZE + u];
      }
      values[row * SIDE + column] = sum / 12;
    }
  return values;
}

/** The part that has ink, stretched to a template's size. */
export function squared(values, width, height) {
  const box = { left: width, right: 0, top: height, bottom: 0 };
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if (values[y * width + x] > 0.4) {
        box.left = Math.min(box.left, x);
        box.right = Math.max(box.right, x + 1);
        box.top = Math.min(box.top, y);
        box.bottom = Math.max(box.bottom, y + 1);
      }
  const result = new Float64Array(PIXELS);
  for (let row = 0; row < SIDE; row += 1)
    for (let column = 0; column < SIDE; column += 1) {
      const x = Math.floor(box.left + ((column + 0.5) / SIDE) * (box.right - box.left));
      const y = Math.floor(box.top + ((row + 0.5) / SIDE) * (box.bottom - box.top));
      result[row * SIDE + column] = values[y * width + x] ?? 0;
    }
  return result;
}

/** The values without their mean, as long as 1; of edges how steep each is, a little blurred. */
export function described(values, feature) {
  if (feature === 'edges') return centred(smooth(steepness(values)), PIXELS);
  return centred(values, feature === 'blocks' ? BLOCK : SIDE);
}

function centred(values, side) {
  const result = Float64Array.from(values);
  const blocks = Math.max(1, SIDE / Math.min(side, SIDE));
  const length = SIDE / blocks;
  for (let block = 0; block < blocks * blocks; block += 1) {
    const start = Math.floor(block / blocks) * length * SIDE + (block % blocks) * length;
    let sum = 0;
    for (let y = 0; y < length; y += 1)
      for (let x = 0; x < length; x += 1) sum += result[start + y * SIDE + x];
    const mean = sum / (length * length);
    for (let y = 0; y < length; y += 1)
      for (let x = 0; x < length; x += 1) result[start + y * SIDE + x] -= mean;
  }
  const norm = Math.hypot(...result) || 1;
  return result.map((value) => value / norm);
}

function steepness(values) {
  const at = (x, y) => values[Math.min(Math.max(y, 0), SIDE - 1) * SIDE + Math.min(Math.max(x, 0), SIDE - 1)];
  return values.map((_, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    return Math.hypot(at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
  });
}

function smooth(values) {
  return values.map((_, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    let [sum, count] = [0, 0];
    for (let j = Math.max(0, y - 1); j <= Math.min(SIDE - 1, y + 1); j += 1)
      for (let i = Math.max(0, x - 1); i <= Math.min(SIDE - 1, x + 1); i += 1) {
        sum += values[j * SIDE + i];
        count += 1;
      }
    return sum / count;
  });
}

function likeness(a, b, feature) {
  if (feature !== 'blocks') {
    let sum = 0;
    for (let n = 0; n < PIXELS; n += 1) sum += a[n] * b[n];
    return sum;
  }
  let total = 0;
  for (let top = 0; top < SIDE; top += BLOCK)
    for (let left = 0; left < SIDE; left += BLOCK) {
      let sum = 0;
      for (let y = top; y < top + BLOCK; y += 1)
        for (let n = y * SIDE + left; n < y * SIDE + left + BLOCK; n += 1) sum += a[n] * b[n];
      total += Math.abs(sum);
    }
  return total;
}

/** For each letter how much its best template is like the values. */
export function likenesses(values, templates, feature) {
  const best = new Map();
  for (const { letter, values: template } of templates) {
    const score = likeness(values, template, feature);
    if (score > (best.get(letter) ?? -1)) best.set(letter, score);
  }
  return best;
}

export function mostLike(scores) {
  return [...scores].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}
