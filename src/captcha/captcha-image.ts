// A captcha's text as a picture.

import { Resvg } from '@resvg/resvg-js';
import svgCaptcha from 'svg-captcha';

export const CAPTCHA_WIDTH = 160;
export const CAPTCHA_HEIGHT = 60;

// svg-captcha's module is this function, which its typings leave out; `create` would choose a text by Math.random.
const drawGlyphs = svgCaptcha as unknown as (text: string, options: svgCaptcha.ConfigObject) => string;

/**
 * Draws the text and returns a PNG as a data URI. Only pixels leave: the outlines in an SVG name their letters to
 * anybody who has the font.
 */
export function captchaImage(text: string): string {
  const svg = drawGlyphs(text, {
    width: CAPTCHA_WIDTH,
    height: CAPTCHA_HEIGHT,
    fontSize: 60,
    noise: 3,
    // Dark greys: the colours that it would choose are too pale to read for some.
    color: false,
  });
  // The glyphs are outlines already; looking for the system's fonts would cost five times the drawing.
  const png = new Resvg(svg, { background: '#ffffff', font: { loadSystemFonts: false } }).render().asPng();
  return `data:image/png;base64,${png.toString('base64')}`;
}
