// Encodes an image with a palette of four colours as PNG.

import { constants, crc32, deflateSync } from 'node:zlib';

export type Colour = readonly [red: number, green: number, blue: number];

const SIGNATURE = Buffer.from('89504e470d0a1a0a', 'hex');
const BITS_PER_PIXEL = 2;
const COLOUR_TYPE_PALETTE = 3;
const PIXELS_PER_BYTE = 8 / BITS_PER_PIXEL;
/** Flat areas are runs of equal bytes, so run-length matching is enough. Small buffers keep the cost per image low. */
const COMPRESSION = { level: 1, strategy: constants.Z_RLE, memLevel: 6, windowBits: 13 };

/** `pixels` holds palette indices from 0 to 3, row by row. The width must be a multiple of 4. */
export function palettePng(width: number, pixels: Uint8Array, palette: readonly Colour[]): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, BITS_PER_PIXEL, COLOUR_TYPE_PALETTE, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(pixels.length / width, 4);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette.flat())),
    chunk('IDAT', deflateSync(packRows(width, pixels), COMPRESSION)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Packs four pixels into a byte. Each row starts with filter type 0 (unfiltered). */
function packRows(width: number, pixels: Uint8Array): Buffer {
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
