// The picture of a captcha: pixels, and nothing that names its letters.

import { inflateSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { CAPTCHA_HEIGHT, CAPTCHA_WIDTH, captchaImage } from '../../src/captcha/captcha-image.ts';
import { CAPTCHA_ALPHABET } from '../../src/captcha/captcha-text.ts';

const PREFIX = 'data:image/png;base64,';

function pngOf(text: string): Buffer {
  const uri = captchaImage(text);
  expect(uri.startsWith(PREFIX)).toBe(true);
  return Buffer.from(uri.slice(PREFIX.length), 'base64');
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
}

function chunksOf(png: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let offset = 8; offset < png.length; ) {
    const length = png.readUInt32BE(offset);
    const type = png.toString('latin1', offset + 4, offset + 8);
    chunks.push({ type, data: png.subarray(offset + 8, offset + 8 + length) });
    offset += length + 12;
  }
  return chunks;
}

describe("a captcha's picture", () => {
  it('is a PNG of the announced size', () => {
    const png = pngOf('AC67');
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    const [header] = chunksOf(png);
    expect(header?.type).toBe('IHDR');
    expect(header?.data.readUInt32BE(0)).toBe(CAPTCHA_WIDTH);
    expect(header?.data.readUInt32BE(4)).toBe(CAPTCHA_HEIGHT);
    expect([CAPTCHA_WIDTH, CAPTCHA_HEIGHT]).toEqual([160, 60]);
  });

  it('is Base64 without line breaks, so that it can stand in a page as it is', () => {
    expect(captchaImage('AC67')).toMatch(/^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/);
  });

  it('shows something: its pixels are not all alike', () => {
    const pixels = chunksOf(pngOf('AC67')).filter(({ type }) => type === 'IDAT');
    const bytes = inflateSync(Buffer.concat(pixels.map(({ data }) => data)));
    expect(new Set(bytes).size).toBeGreaterThan(50);
  });

  it('differs each time, also for the same text', () => {
    const pictures = Array.from({ length: 10 }, () => captchaImage('AC67'));
    expect(new Set(pictures).size).toBe(10);
  });

  it('can be drawn for every character of the alphabet', () => {
    const noise = Math.max(...Array.from({ length: 5 }, () => pngOf('    ').length));
    for (const character of CAPTCHA_ALPHABET) {
      expect(pngOf(character.repeat(4)).length).toBeGreaterThan(noise * 1.1);
    }
  });

  it('holds pixels only: no outlines, no words beside the picture', () => {
    const png = pngOf('AC67');
    expect(png.toString('latin1')).not.toMatch(/<svg|<path|xmlns|fill=/);
    const types = new Set(chunksOf(png).map(({ type }) => type));
    expect([...types].sort()).toEqual(['IDAT', 'IEND', 'IHDR']);
  });
});
