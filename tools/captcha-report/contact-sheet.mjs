// Many captchas on one picture, for a person to read; their texts stand in a file beside it.

import { crc32, deflateSync } from 'node:zlib';
import { decode, HEIGHT, WIDTH } from './pictures.mjs';

const COLUMNS = 4;
const GAP = 8;
const SCALE = 2;

/** A PNG of the pictures, five in a row, each twice its size. */
export function contactSheet(pictures) {
  const cell = [WIDTH * SCALE + GAP, HEIGHT * SCALE + GAP];
  const width = COLUMNS * cell[0] + GAP;
  const height = Math.ceil(pictures.length / COLUMNS) * cell[1] + GAP;
  const rgb = Buffer.alloc(width * height * 3, 0x99);
  for (const [n, { png }] of pictures.entries()) {
    const { pixels, palette } = decode(png);
    const left = GAP + (n % COLUMNS) * cell[0];
    const top = GAP + Math.floor(n / COLUMNS) * cell[1];
    for (let y = 0; y < HEIGHT * SCALE; y += 1)
      for (let x = 0; x < WIDTH * SCALE; x += 1) {
        const pixel = pixels[Math.floor(y / SCALE) * WIDTH + Math.floor(x / SCALE)];
        rgb.set(palette[pixel], ((top + y) * width + left + x) * 3);
      }
  }
  return trueColourPng(width, height, rgb);
}

function trueColourPng(width, height, rgb) {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const rows = Array.from({ length: height }, (_, y) => [
    Buffer.alloc(1),
    rgb.subarray(y * width * 3, (y + 1) * width * 3),
  ]);
  const pixels = deflateSync(Buffer.concat(rows.flat()));
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', pixels),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type, data) {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
