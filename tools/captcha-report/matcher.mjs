// A template matcher with the generator's own letters: what an attacker with this source and an afternoon has.

import { ALPHABET, decode, glyphs, HEIGHT, WIDTH } from './pictures.mjs';

const MASK = 64;
const LETTER_HEIGHT = 48;
const TURNS = [-0.3, -0.15, 0, 0.15, 0.3];
const SHEARS = [-0.25, 0, 0.25];
const STRETCHES = [0.8, 1, 1.2];

/** The side of a template and of what is compared with it. */
const SIDE = 24;
const PIXELS = SIDE * SIDE;
/** The window slides over the picture at half its size, where a letter is a little smaller than a template. */
const [HALF_WIDTH, HALF_HEIGHT] = [WIDTH / 2, HEIGHT / 2];
const HEIGHT_IN_WINDOW = 22;
const STEP = 2;
/** Between the middles of two letters, in steps. */
const [NEAREST, FARTHEST] = [5, 14];
/** Blocks of a window whose sign is forgiven, for a band may have turned over a part of a letter. */
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
const windowTemplates = Object.fromEntries(
  FEATURES.map((feature) => [
    feature,
    variants.map((v) => ({ letter: v.letter, values: described(inWindow(v), feature) })),
  ]),
);
const segmentTemplates = Object.fromEntries(
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
        const u = Math.floor(((cos * x + sin * y + shear * across) / stretch) * scale + MASK / 2);
        const v = Math.floor(across * scale + MASK / 2);
        if (u >= 0 && u < MASK && v >= 0 && v < MASK) sum += mask[v * MASK + u];
      }
      values[row * SIDE + column] = sum / 12;
    }
  return values;
}

/** The part that has ink, stretched to a template's size. */
function squared(values, width, height) {
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
function described(values, feature) {
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
function likenesses(values, templates, feature) {
  const best = new Map();
  for (const { letter, values: template } of templates) {
    const score = likeness(values, template, feature);
    if (score > (best.get(letter) ?? -1)) best.set(letter, score);
  }
  return best;
}

function mostLike(scores) {
  return [...scores].reduce((best, entry) => (entry[1] > best[1] ? entry : best));
}

/** Slides over the picture without cutting it up, and takes the four places that fit best together. */
export function readBySliding(png, feature) {
  const half = halved(inkOf(png));
  const places = [];
  for (let x = 4; x <= HALF_WIDTH - 4; x += STEP) {
    const best = new Map();
    for (let y = HALF_HEIGHT / 2 - 4; y <= HALF_HEIGHT / 2 + 4; y += STEP) {
      const scores = likenesses(described(windowAt(half, x, y), feature), windowTemplates[feature], feature);
      for (const [letter, score] of scores) if (score > (best.get(letter) ?? -1)) best.set(letter, score);
    }
    places.push(mostLike(best));
  }
  let chains = places.map(([letter, score]) => ({ text: letter, score }));
  for (let n = 1; n < 4; n += 1) {
    chains = places.map(([letter, score], at) => {
      const before = chains.slice(Math.max(0, at - FARTHEST), Math.max(0, at - NEAREST + 1));
      const best = before.reduce((a, b) => (b.score > a.score ? b : a), {
        text: '',
        score: Number.NEGATIVE_INFINITY,
      });
      return { text: best.text + letter, score: best.score + score };
    });
  }
  return chains.reduce((a, b) => (b.score > a.score ? b : a)).text;
}

function windowAt(half, x, y) {
  return Float64Array.from({ length: PIXELS }, (_, n) => {
    const [i, j] = [x - SIDE / 2 + (n % SIDE), y - SIDE / 2 + Math.floor(n / SIDE)];
    return i < 0 || j < 0 || i >= HALF_WIDTH || j >= HALF_HEIGHT ? 0 : half[j * HALF_WIDTH + i];
  });
}

/** Removes thin lines and cuts at the three emptiest columns that leave room for letters. */
export function readByColumns(png, feature) {
  const ink = withoutThinLines(inkOf(png));
  const height = Array.from({ length: WIDTH }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < HEIGHT; y += 1) sum += ink[y * WIDTH + x];
    return sum;
  });
  const first = height.findIndex((sum) => sum > 1);
  const last = height.findLastIndex((sum) => sum > 1);
  const room = (last - first) / 4;
  const cuts = [1, 2, 3].map((n) => {
    const middle = Math.round(first + n * room);
    const reach = Math.floor(room / 3);
    const near = Array.from({ length: 2 * reach + 1 }, (_, i) => middle - reach + i);
    return near.reduce((a, b) => (height[b] < height[a] ? b : a));
  });
  const edges = [first, ...cuts, last + 1];
  return edges
    .slice(1)
    .map((right, n) => readSegment(ink, edges[n], right, feature))
    .join('');
}

function readSegment(ink, left, right, feature) {
  const width = Math.max(1, right - left);
  const values = Float64Array.from(
    { length: width * HEIGHT },
    (_, n) => ink[Math.floor(n / width) * WIDTH + left + (n % width)],
  );
  const scores = likenesses(
    described(squared(values, width, HEIGHT), feature),
    segmentTemplates[feature],
    feature,
  );
  return mostLike(scores)[0];
}

/**
 * Takes the connected areas of one colour for letters: the four largest, from the left; too large ones are cut evenly
 * while there are fewer than four.
 */
export function readByColour(png, feature) {
  const { pixels } = decode(png);
  const areas = areasOf(pixels, 3).concat(areasOf(pixels, 0).filter(({ touchesEdge }) => !touchesEdge));
  const largest = areas.toSorted((a, b) => b.size - a.size).slice(0, 4);
  const pieces = largest
    .filter(({ size }) => size > 60)
    .map(({ left, right, members }) => ({ left, right, members }));
  while (pieces.length > 0 && pieces.length < 4) {
    const widest = pieces.reduce((a, b) => (b.right - b.left > a.right - a.left ? b : a));
    const middle = Math.floor((widest.left + widest.right) / 2);
    pieces.push({ left: middle, right: widest.right, members: widest.members });
    widest.right = middle;
  }
  return pieces
    .toSorted((a, b) => a.left - b.left)
    .map(({ left, right, members }) => {
      const ink = new Float64Array(WIDTH * HEIGHT);
      for (const index of members) ink[index] = 1;
      return readSegment(ink, left, right, feature);
    })
    .join('');
}

function areasOf(pixels, colour) {
  const seen = new Uint8Array(pixels.length);
  const areas = [];
  for (let start = 0; start < pixels.length; start += 1) {
    if (pixels[start] !== colour || seen[start]) continue;
    const members = [start];
    seen[start] = 1;
    for (let n = 0; n < members.length; n += 1) {
      const [x, y] = [members[n] % WIDTH, Math.floor(members[n] / WIDTH)];
      for (const [i, j] of [
        [x - 1, y],
        [x + 1, y],
        [x, y - 1],
        [x, y + 1],
      ]) {
        const index = j * WIDTH + i;
        if (i < 0 || j < 0 || i >= WIDTH || j >= HEIGHT || seen[index] || pixels[index] !== colour) continue;
        seen[index] = 1;
        members.push(index);
      }
    }
    const xs = members.map((index) => index % WIDTH);
    const left = xs.reduce((a, b) => Math.min(a, b));
    const right = xs.reduce((a, b) => Math.max(a, b)) + 1;
    const touchesEdge = members.some(
      (index) =>
        index < WIDTH || index >= pixels.length - WIDTH || index % WIDTH === 0 || index % WIDTH === WIDTH - 1,
    );
    areas.push({ size: members.length, left, right, members, touchesEdge });
  }
  return areas;
}

function inkOf(png) {
  return Float64Array.from(decode(png).pixels, (pixel) => pixel / 3);
}

function halved(ink) {
  return Float64Array.from({ length: HALF_WIDTH * HALF_HEIGHT }, (_, n) => {
    const at = 2 * Math.floor(n / HALF_WIDTH) * WIDTH + 2 * (n % HALF_WIDTH);
    return (ink[at] + ink[at + 1] + ink[at + WIDTH] + ink[at + WIDTH + 1]) / 4;
  });
}

/** The median of squares of five pixels: what is thinner than three is gone. */
function withoutThinLines(ink) {
  return ink.map((_, n) => {
    const [x, y] = [n % WIDTH, Math.floor(n / WIDTH)];
    let [sum, count] = [0, 0];
    for (let j = Math.max(0, y - 2); j <= Math.min(HEIGHT - 1, y + 2); j += 1)
      for (let i = Math.max(0, x - 2); i <= Math.min(WIDTH - 1, x + 2); i += 1) {
        sum += ink[j * WIDTH + i] > 0.5 ? 1 : 0;
        count += 1;
      }
    return sum > count / 2 ? 1 : 0;
  });
}
