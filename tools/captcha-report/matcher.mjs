// Template matchers that know the generator's own letters, like an attacker who has read this source code.

import { decode, HEIGHT, WIDTH } from './images.mjs';
import {
  bestMatch,
  extractFeature,
  letterScores,
  PIXELS,
  SIDE,
  segmentTemplates,
  stretchToSquare,
  windowTemplates,
} from './templates.mjs';

/** The window slides over the image at half size, where a letter is a little smaller than a template. */
const [HALF_WIDTH, HALF_HEIGHT] = [WIDTH / 2, HEIGHT / 2];
const STEP = 2;
/** Distance between the centres of two neighbouring letters, in steps. */
const [MIN_DISTANCE, MAX_DISTANCE] = [5, 14];

/** Slides a window over the image without segmenting it and returns the best chain of four letters. */
export function readBySliding(png, feature) {
  const half = halfSize(inkOf(png));
  const candidates = [];
  for (let x = 4; x <= HALF_WIDTH - 4; x += STEP) {
    const best = new Map();
    for (let y = HALF_HEIGHT / 2 - 4; y <= HALF_HEIGHT / 2 + 4; y += STEP) {
      const scores = letterScores(
        extractFeature(windowAt(half, x, y), feature),
        windowTemplates[feature],
        feature,
      );
      for (const [letter, score] of scores) if (score > (best.get(letter) ?? -1)) best.set(letter, score);
    }
    candidates.push(bestMatch(best));
  }
  let chains = candidates.map(([letter, score]) => ({ text: letter, score }));
  for (let n = 1; n < 4; n += 1) {
    chains = candidates.map(([letter, score], at) => {
      const predecessors = chains.slice(Math.max(0, at - MAX_DISTANCE), Math.max(0, at - MIN_DISTANCE + 1));
      const best = predecessors.reduce((a, b) => (b.score > a.score ? b : a), {
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

/** Removes thin lines and cuts the image at the three emptiest columns near the expected boundaries. */
export function readByColumns(png, feature) {
  const ink = withoutThinLines(inkOf(png));
  const columnInk = Array.from({ length: WIDTH }, (_, x) => {
    let sum = 0;
    for (let y = 0; y < HEIGHT; y += 1) sum += ink[y * WIDTH + x];
    return sum;
  });
  const first = columnInk.findIndex((sum) => sum > 1);
  const last = columnInk.findLastIndex((sum) => sum > 1);
  const letterWidth = (last - first) / 4;
  const cuts = [1, 2, 3].map((n) => {
    const expected = Math.round(first + n * letterWidth);
    const radius = Math.floor(letterWidth / 3);
    const near = Array.from({ length: 2 * radius + 1 }, (_, i) => expected - radius + i);
    return near.reduce((a, b) => (columnInk[b] < columnInk[a] ? b : a));
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
  const scores = letterScores(
    extractFeature(stretchToSquare(values, width, HEIGHT), feature),
    segmentTemplates[feature],
    feature,
  );
  return bestMatch(scores)[0];
}

/**
 * Treats the four largest connected areas of one colour as letters, from left to right. While there are fewer than four,
 * the widest area is cut in half.
 */
export function readByColour(png, feature) {
  const { pixels } = decode(png);
  const areas = connectedAreas(pixels, 3).concat(
    connectedAreas(pixels, 0).filter(({ touchesEdge }) => !touchesEdge),
  );
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

function connectedAreas(pixels, colour) {
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

function halfSize(ink) {
  return Float64Array.from({ length: HALF_WIDTH * HALF_HEIGHT }, (_, n) => {
    const at = 2 * Math.floor(n / HALF_WIDTH) * WIDTH + 2 * (n % HALF_WIDTH);
    return (ink[at] + ink[at + 1] + ink[at + WIDTH] + ink[at + WIDTH + 1]) / 4;
  });
}

/** Median filter of 5 × 5 pixels. It removes lines thinner than three pixels. */
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
