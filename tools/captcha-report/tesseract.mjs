// How many captchas Tesseract reads, after whatever a hurried attacker would do to them first.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ALPHABET, decode, HEIGHT, WIDTH } from './pictures.mjs';

const SCALE = 4;
const MARGIN = 40;
/** One block, one line, one word, one raw line. */
const PAGE_MODES = ['6', '7', '8', '13'];

/** The ways to prepare a picture; each takes and gives grey from 0, ink, to 255. */
const PREPARATIONS = {
  upscaled: (grey) => grey,
  thresholded: (grey) => thresholded(grey),
  blurred: (grey) => blurred(grey, 4),
  'blurred, thresholded': (grey) => thresholded(blurred(grey, 4)),
  'thin lines removed': (grey) => thresholded(blurred(grey, 9)),
};

export function hasTesseract() {
  return spawnSync('tesseract', ['--version'], { stdio: 'ignore' }).status === 0;
}

/** The pictures that Tesseract reads in any way at all, and for each way how many. */
export function readByTesseract(pictures) {
  const folder = mkdtempSync(join(tmpdir(), 'captcha-report-'));
  const read = new Set();
  const ways = {};
  try {
    for (const [name, prepare] of Object.entries(PREPARATIONS)) {
      const files = pictures.map(({ png }, n) => {
        const file = join(folder, `${n}.pgm`);
        writeFileSync(file, greyMap(prepare(upscaled(png))));
        return file;
      });
      const list = join(folder, 'list.txt');
      writeFileSync(list, `${files.join('\n')}\n`);
      for (const mode of PAGE_MODES) {
        const right = answers(list, files, mode).flatMap((answer, n) =>
          answer === pictures[n]?.text ? [n] : [],
        );
        ways[`${name}, page mode ${mode}`] = right.length;
        for (const n of right) read.add(n);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return { read: read.size, ways };
}

/** One run for all of them; Tesseract sometimes dies of a picture, and then each has a run of its own. */
function answers(list, files, mode) {
  return run(list, mode) ?? files.map((file) => run(file, mode)?.[0] ?? '');
}

function run(input, mode) {
  const options = ['--psm', mode, '-l', 'eng', '-c', `tessedit_char_whitelist=${ALPHABET}`];
  const { stdout, status } = spawnSync('tesseract', [input, 'stdout', ...options], {
    encoding: 'utf8',
    env: { ...process.env, OMP_THREAD_LIMIT: '1' },
  });
  if (status !== 0) return undefined;
  return stdout.split('\f').map((page) => page.replace(/\s/g, ''));
}

/** Four times the size, smooth, with a white margin, as Tesseract likes it. */
function upscaled(png) {
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

function thresholded({ width, height, values }) {
  return { width, height, values: values.map((value) => (value < 128 ? 0 : 255)) };
}

/** The mean of a square of `2 * reach + 1` pixels, by rows and then by columns. */
function blurred({ width, height, values }, reach) {
  const along = (from, step, length, source, target) => {
    const at = (n) => source[from + Math.min(Math.max(n, 0), length - 1) * step];
    let sum = 0;
    for (let n = -reach; n <= reach; n += 1) sum += at(n);
    for (let n = 0; n < length; n += 1) {
      target[from + n * step] = sum / (2 * reach + 1);
      sum += at(n + reach + 1) - at(n - reach);
    }
  };
  const byRows = new Float64Array(values.length);
  for (let row = 0; row < height; row += 1) along(row * width, 1, width, values, byRows);
  const both = new Float64Array(values.length);
  for (let column = 0; column < width; column += 1) along(column, width, height, byRows, both);
  return { width, height, values: Uint8Array.from(both) };
}

function greyMap({ width, height, values }) {
  return Buffer.concat([Buffer.from(`P5 ${width} ${height} 255\n`), values]);
}
