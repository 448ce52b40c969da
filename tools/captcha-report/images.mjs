// Generates captchas with the server's own code and decodes their pixels.

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
/** Undistorted letters are reduced by these factors, so that the widest letter leaves a gap. */
const [SHRINK_X, SHRINK_Y] = [1.4, 1.15];
const GREY_PALETTE = [255, 170, 85, 0].map((grey) => [grey, grey, grey]);

export const glyphs = createGlyphs(letterOutlines(ALPHABET));

export function drawCaptcha() {
  const text = captchaText(randomInt);
  const uri = captchaImage(text, glyphs, randomInt);
  return { text, png: Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64') };
}

/** Draws undistorted letters as a control: an attack that fails on these is broken. */
export function drawControl() {
  const text = captchaText(randomInt);
  const pixels = new Uint8Array(WIDTH * HEIGHT);
  for (const [index, letter] of [...text].entries()) {
    const fonts = glyphs.get(letter);
    drawUndistorted(pixels, fonts[index % fonts.length].mask, (index * WIDTH) / 4);
  }
  return { text, png: palettePng(WIDTH, pixels, GREY_PALETTE) };
}

function drawUndistorted(pixels, mask, left) {
  for (let row = 0; row < HEIGHT; row += 1)
    for (let column = 0; column < WIDTH / 4; column += 1) {
      const x = Math.round((column - WIDTH / 8) * SHRINK_X);
      const y = Math.round((row - HEIGHT / 2) * SHRINK_Y);
      if (Math.max(Math.abs(x), Math.abs(y)) >= MASK_SIZE / 2) continue;
      pixels[row * WIDTH + left + column] = mask[(y + MASK_SIZE / 2) * MASK_SIZE + x + MASK_SIZE / 2];
    }
}

/** Returns palette indices and palette of a PNG written by `palettePng`. Other PNGs are not supported. */
export function decode(png) {
  const chunks = {};
  for (let offset = 8; offset < png.length; ) {
    const length = png.readUInt32BE(offset);
    chunks[png.toString('latin1', offset + 4, offset + 8)] = png.subarray(offset + 8, offset + 8 + length);
    offset += length + 12;
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
