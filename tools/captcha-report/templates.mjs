// Templates of the generator's letters in many rotations, shears and stretches, and scores of image parts against them.

import { LETTER_HEIGHT, MASK_SIZE } from '../../dist/captcha/rendering/glyphs.js';
import { ALPHABET, glyphs } from './images.mjs';

const ROTATIONS = [-0.3, -0.15, 0, 0.15, 0.3];
const SHEARS = [-0.25, 0, 0.25];
const STRETCHES = [0.8, 1, 1.2];

/** Side of a template and of the image part compared with it, in pixels. */
export const SIDE = 24;
export const PIXELS = SIDE * SIDE;
/** Height of a letter in an image of half size. */
const LETTER_HEIGHT_IN_WINDOW = 22;
/** Side of the blocks that are compared regardless of sign, because a part of the letter may be inverted. */
const BLOCK = 6;

/** What is compared: the ink; its edges, which inversion does not change; or blocks of ink regardless of their sign. */
export const FEATURES = ['ink', 'edges', 'blocks'];

const variants = [...ALPHABET].flatMap((letter) =>
  glyphs
    .get(letter)
    .flatMap(({ mask }) =>
      ROTATIONS.flatMap((rotation) =>
        SHEARS.flatMap((shear) => STRETCHES.map((stretch) => ({ letter, mask, rotation, shear, stretch }))),
      ),
    ),
);
/** Window templates have the size of letters in the image. Segment templates are stretched to the whole square. */
export const windowTemplates = Object.fromEntries(
  FEATURES.map((feature) => [
    feature,
    variants.map((v) => ({ letter: v.letter, values: extractFeature(renderTemplate(v), feature) })),
  ]),
);
export const segmentTemplates = Object.fromEntries(
  FEATURES.map((feature) => [
    feature,
    variants
      .filter(({ stretch }) => stretch === 1)
      .map((v) => ({
        letter: v.letter,
        values: extractFeature(stretchToSquare(renderTemplate(v), SIDE, SIDE), feature),
      })),
  ]),
);

function renderTemplate({ mask, rotation, shear, stretch }) {
  const values = new Float64Array(PIXELS);
  const scale = LETTER_HEIGHT / LETTER_HEIGHT_IN_WINDOW;
  const [cos, sin] = [Math.cos(rotation), Math.sin(rotation)];
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

/** Crops the image part to its ink and stretches it to the size of a template. */
export function stretchToSquare(values, width, height) {
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

/** Returns the normalized feature vector. Edges are gradient magnitudes, slightly blurred. */
export function extractFeature(values, feature) {
  if (feature === 'edges') return centred(blur(gradientMagnitude(values)), PIXELS);
  return centred(values, feature === 'blocks' ? BLOCK : SIDE);
}

/** Subtracts the mean of each block of `side` pixels and scales the result to length 1. */
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

function gradientMagnitude(values) {
  const at = (x, y) => values[Math.min(Math.max(y, 0), SIDE - 1) * SIDE + Math.min(Math.max(x, 0), SIDE - 1)];
  return values.map((_, n) => {
    const [x, y] = [n % SIDE, Math.floor(n / SIDE)];
    return Math.hypot(at(x + 1, y) - at(x - 1, y), at(x, y + 1) - at(x, y - 1));
  });
}

function blur(values) {
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

function similarity(a, b, feature) {
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

/** Returns, for each letter, the score of its most similar template. */
export function letterScores(values, templates, feature) {
  const best = new Map();
  for (const { letter, values: template } of templates) {
    const score = similarity(values, template, feature);
    if (score > (best.get(letter) ?? -1)) best.set(letter, score);
  }
  return best;
}

export function bestMatch(scores) {
  return [...scores].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}
