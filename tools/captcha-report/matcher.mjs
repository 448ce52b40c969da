// A template matcher with the generator's own letters: what an attacker with this source and an afternoon has.

import { decode, HEIGHT, WIDTH } from './pictures.mjs';
import {
  described,
  likenesses,
  mostLike,
  PIXELS,
  SIDE,
  segmentTemplates,
  squared,
  windowTemplates,
} from './templates.mjs';

/** The window slides over the picture at half its size, where a letter is a little smaller than a template. */
const [HALF_WIDTH, HALF_HEIGHT] = [WIDTH / 2, HEIGHT / 2];
const STEP = 2;
/** Between the middles of two letters, in steps. */
const [NEAREST, FARTHEST] = [5, 14];

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
