// Puts many captchas on one numbered sheet for people to read.

import { crc32, deflateSync } from 'node:zlib';
import { decode, HEIGHT, WIDTH } from './images.mjs';

const COLUMNS = 4;
const SCALE = 2;
const GAP = 8;
/** Width of the strip to the left of a captcha that holds its number. */
const LABEL_WIDTH = 36;
const CELL_WIDTH = LABEL_WIDTH + WIDTH * SCALE + GAP;
const CELL_HEIGHT = HEIGHT * SCALE + GAP;

/** The sheet's own colours; the four colours of each captcha follow. */
const SHEET_PALETTE = [
  [0xff, 0xff, 0xff],
  [0x33, 0x33, 0x33],
];
const LABEL_COLOUR = 1;

/** Digits of 3 × 5 pixels, three bits per row. */
const DIGITS = ['75557', '26227', '71747', '71717', '55711', '74717', '74757', '71111', '75757', '75717'];
const DIGIT_WIDTH = 3;
const DIGIT_SCALE = 4;

/** Returns a PNG of up to 63 captchas, four in a row, numbered from 1 and drawn at twice their size. */
export function contactSheet(captchas) {
  const width = COLUMNS * CELL_WIDTH + GAP;
  const height = Math.ceil(captchas.length / COLUMNS) * CELL_HEIGHT + GAP;
  const sheet = { width, height, pixels: new Uint8Array(width * height) };
  const palette = [...SHEET_PALETTE];
  for (const [index, { png }] of captchas.entries()) {
    const left = GAP + (index % COLUMNS) * CELL_WIDTH;
    const top = GAP + Math.floor(index / COLUMNS) * CELL_HEIGHT;
    const captcha = decode(png);
    drawNumber(sheet, index + 1, left, top + (HEIGHT * SCALE) / 2 - 10);
    drawCaptcha(sheet, captcha.pixels, palette.length, left + LABEL_WIDTH, top);
    palette.push(...captcha.palette);
  }
  return indexedPng(sheet, palette);
}

function drawCaptcha(sheet, pixels, firstColour, left, top) {
  for (let y = 0; y < HEIGHT * SCALE; y += 1)
    for (let x = 0; x < WIDTH * SCALE; x += 1) {
      const pixel = pixels[Math.floor(y / SCALE) * WIDTH + Math.floor(x / SCALE)];
      sheet.pixels[(top + y) * sheet.width + left + x] = firstColour + pixel;
    }
}

function drawNumber(sheet, number, left, top) {
  for (const [index, digit] of [...String(number)].entries())
    for (const [row, bits] of [...DIGITS[digit]].entries())
      for (let column = 0; column < DIGIT_WIDTH; column += 1) {
        if (((Number(bits) >> (DIGIT_WIDTH - 1 - column)) & 1) === 0) continue;
        const x = left + (index * (DIGIT_WIDTH + 1) + column) * DIGIT_SCALE;
        for (let line = 0; line < DIGIT_SCALE; line += 1) {
          const start = (top + row * DIGIT_SCALE + line) * sheet.width + x;
          sheet.pixels.fill(LABEL_COLOUR, start, start + DIGIT_SCALE);
        }
      }
}

/** Encodes palette indices as a PNG with one byte per pixel. */
function indexedPng({ width, height, pixels }, palette) {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = Array.from({ length: height }, (_, y) => [
    Buffer.alloc(1),
    pixels.subarray(y * width, (y + 1) * width),
  ]);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(Buffer.concat(rows.flat()), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const typeAndData = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  checksum.writeUInt32BE(crc32(typeAndData));
  return Buffer.concat([length, typeAndData, checksum]);
}
