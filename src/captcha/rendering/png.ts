// A picture of four colours as a PNG file.

import { constants, crc32, deflateSync } from 'node:zlib';

export type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const BITS = 2;
const PALETTE_COLOURS = 3;
const PIXELS_PER_BYTE = 8 / BITS;
/** Flat areas are runs of one byte, so nothing else is looked for; and memory is asked for a few kilobytes only. */
const COMPRESSION = { level: 1, strategy: constants.Z_RLE, memLevel: 6, windowBits: 13 };

/** `pixels` are numbers of colours from 0 to 3, row by row; the width is a multiple of 4. */
export function palettePng(width: number, pixels: Uint8Array, palette: readonly Colour[]): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, BITS, PALETTE_COLOURS, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(pixels.length / width, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(packed(width, pixels), COMPRESSION)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Four pixels a byte; each row opens with a zero, which says that its bytes are the pixels themselves. */
function packed(width: number, pixels: Uint8Array): Buffer {
  const rowBytes = width / PIXELS_PER_BYTE;
  const bytes = Buffer.alloc((pixels.length / width) * (rowBytes + 1));
  for (let from = 0, to = 0; from < pixels.length; to += 1) {
    if (from % width === 0) to += 1;
    bytes[to] =
      ((pixels[from] as number) << 6) |
      ((pixels[from + 1] as number) << 4) |
      ((pixels[from + 2] as number) << 2) |
      (pixels[from + 3] as number);
    from += PIXELS_PER_BYTE;
  }
  return bytes;
}

function chunk(type: string, data: Buffer): Buffer {
  const bytes = Buffer.alloc(data.length + 12);
  bytes.writeUInt32BE(data.length, 0);
  bytes.write(type, 4, 'latin1');
  data.copy(bytes, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), data.length + 8);
  return bytes;
}
