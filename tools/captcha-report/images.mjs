// Captchas as an attacker gets them, by the very code that the server runs, and their pixels.

import { randomInt } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { CAPTCHA_ALPHABET, captchaText } from '../../dist/captcha/captcha-text.js';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from '../../dist/captcha/rendering/captcha-image.js';
import { letterOutlines } from '../../dist/captcha/rendering/fonts.js';
import { createGlyphs, MASK_SIZE } from '../../dist/captcha/rendering/glyphs.js';
import { palettePng } from '../../dist/captcha/rendering/png.js';

export const WIDTH = CAPTCHA_WIDTH;
export const HEIGHT = CAPTCHA_HEIGHT;
export const ALPHABET = CAPTCHA_ALPHABET;
/** So that the widest letter leaves a gap. */
const PLAIN_SHRINK = [1.4, 1.15];

export const glyphs = createGlyphs(letterOutlines(ALPHABET));

export function drawOne() {
  const text = captchaText(randomInt);
  const uri = captchaImage(text, glyphs, randomInt);
  return { text, png: Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64') };
}

/** The same letters drawn plainly: an attack that reads these works, and what it fails at is the drawing. */
export function drawPlainly() {
  const text = captchaText(randomInt);
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (const [n, letter] of [...text].entries()) {
    const { mask } = glyphs.get(letter)[n % glyphs.get(letter).length];
    for (let row = 0; row < HEIGHT; row += 1)
      for (let column = 0; column < WIDTH / 4; column += 1) {
        const [x, y] = [column - WIDTH / 8, row - HEIGHT / 2].map((from, axis) =>
          Math.round(from * PLAIN_SHRINK[axis]),
        );
        const inMask = Math.max(Math.abs(x), Math.abs(y)) < MASK_SIZE / 2;
        if (inMask)
          pixels[row * WIDTH + (n * WIDTH) / 4 + column] =
            mask[(y + MASK_SIZE / 2) * MASK_SIZE + x + MASK_SIZE / 2];
      }
  }
  return {
    text,
    png: palettePng(
      WIDTH,
      pixels,
      [255, 170, 85, 0].map((grey) => [grey, grey, grey]),
    ),
  };
}

/** Reads what `captchaImage` writes, and no other PNG: the numbers of the colours, and the colours. */
export function decode(png) {
  const chunks = {};
  for (let at = 8; at < png.length; ) {
    const length = png.readUInt32BE(at);
    chunks[png.toString('latin1', at + 4, at + 8)] = png.subarray(at + 8, at + 8 + length);
    at += length + 12;
  }
  const packed = inflateSync(chunks.IDAT);
  const rowBytes = WIDTH / 4 + 1;
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (let index = 0; index < pixels.length; index += 1) {
    const column = index % WIDTH;
    const byte = packed[Math.floor(index / WIDTH) * rowBytes + 1 + (column >> 2)];
    pixels[index] = (byte >> (6 - 2 * (column & 3))) & 3;
  }
  const palette = Array.from({ length: chunks.PLTE.length / 3 }, (_, n) => [
    ...chunks.PLTE.subarray(3 * n, 3 * n + 3),
  ]);
  return { pixels, palette };
}
