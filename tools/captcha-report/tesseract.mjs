// Counts the captchas that Tesseract reads after common image preparations.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALPHABET, decode, HEIGHT, WIDTH } from './images.mjs';

const SCALE = 4;
const MARGIN = 40;
/** Tesseract's page segmentation modes for one block, one line, one word and one raw line. */
const PAGE_MODES = ['6', '7', '8', '13'];

/** General preparations. Each maps a grey image, 0 is ink and 255 is paper, to another one. */
export const PLAIN_PREPARATIONS = [
  (grey) => grey,
  (grey) => threshold(grey),
  (grey) => blur(grey, 4),
  (grey) => threshold(blur(grey, 4)),
  // Removes lines that are thinner than the strokes of a letter.
  (grey) => threshold(blur(grey, 9)),
];

/** Preparations by an attacker who has looked at the images: ink and paper are swapped back at half the height. */
export const TAILORED_PREPARATIONS = [
  (grey) => threshold(invertLowerHalf(grey)),
  (grey) => threshold(blur(invertLowerHalf(grey), 4)),
];

export function hasTesseract() {
  return spawnSync('tesseract', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Counts the captchas that Tesseract reads with at least one combination of preparation and page mode. */
export function readByTesseract(captchas, preparations) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-report-'));
  const read = new Set();
  try {
    for (const prepare of preparations) {
      const files = captchas.map(({ png }, index) => {
        const file = join(folder, `${index}.pgm`);
        writeFileSync(file, greyMap(prepare(upscale(png))));
        return file;
      });
      const list = join(folder, 'list.txt');
      writeFileSync(list, `${files.join('\n')}\n`);
      for (const mode of PAGE_MODES)
        for (const [index, answer] of readFiles(list, files, mode).entries())
          if (answer === captchas[index]?.text) read.add(index);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { read: read.size, attempts: preparations.length * PAGE_MODES.length };
}

/** Reads all files in one run. Tesseract crashes on some images; then each file is read in a run of its own. */
function readFiles(list, files, mode) {
  return runTesseract(list, mode) ?? files.map((file) => runTesseract(file, mode)?.[0] ?? '');
}

function runTesseract(input, mode) {
  const options = ['--psm', mode, '-l', 'eng', '-c', `tessedit_char_whitelist=${ALPHABET}`];
  const { stdout, status } = spawnSync('tesseract', [input, 'stdout', ...options], {
    encoding: 'utf8',
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
  });
  if (status !== 0) return undefined;
  return stdout.split('\f').map((page) => page.replace(/\s/g, ''));
}

/** Enlarges the image four times with bilinear interpolation and adds a white margin, which Tesseract reads best. */
function upscale(png) {
  const { pixels } = decode(png);
  const at = (x, y) =>
    pixels[Math.min(Math.max(y, 0), HEIGHT - 1) * WIDTH + Math.min(Math.max(x, 0), WIDTH - 1)];
  const [width, height] = [WIDTH * SCALE + 2 * MARGIN, HEIGHT * SCALE + 2 * MARGIN];
  const values = new Uint8Array(width * height).fill(255);
  for (let row = 0; row < HEIGHT * SCALE; row += 1)
    for (let column = 0; column < WIDTH * SCALE; column += 1) {
      const [x, y] = [(column + 0.5) / SCALE - 0.5, (row + 0.5) / SCALE - 0.5];
      const [left, top] = [Math.floor(x), Math.floor(y)];
      const [right, down] = [x - left, y - top];
      const above = at(left, top) * (1 - right) + at(left + 1, top) * right;
      const below = at(left, top + 1) * (1 - right) + at(left + 1, top + 1) * right;
      const ink = (above * (1 - down) + below * down) / 3;
      values[(row + MARGIN) * width + column + MARGIN] = 255 * (1 - ink);
    }
  return { width, height, values };
}

/** Inverts the lower half of the image, leaving the margin white. */
function invertLowerHalf({ width, height, values }) {
  const result = Uint8Array.from(values);
  for (let row = height / 2; row < height - MARGIN; row += 1)
    for (let n = row * width + MARGIN; n < (row + 1) * width - MARGIN; n += 1) result[n] = 255 - result[n];
  return { width, height, values: result };
}

function threshold({ width, height, values }) {
  return { width, height, values: values.map((value) => (value < 128 ? 0 : 255)) };
}

/** Box blur with a side of `2 * radius + 1` pixels, first along rows and then along columns. */
function blur({ width, height, values }, radius) {
  const blurLine = (from, step, length, source, target) => {
    const at = (n) => source[from + Math.min(Math.max(n, 0), length - 1) * step];
    let sum = 0;
    for (let n = -radius; n <= radius; n += 1) sum += at(n);
    for (let n = 0; n < length; n += 1) {
      target[from + n * step] = sum / (2 * radius + 1);
      sum += at(n + radius + 1) - at(n - radius);
    }
  };
  const byRows = new Float64Array(values.length);
  for (let row = 0; row < height; row += 1) blurLine(row * width, 1, width, values, byRows);
  const both = new Float64Array(values.length);
  for (let column = 0; column < width; column += 1) blurLine(column, width, height, byRows, both);
  return { width, height, values: Uint8Array.from(both) };
}

function greyMap({ width, height, values }) {
  return Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), values]);
}
