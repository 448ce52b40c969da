// Creates the text of a captcha and compares answers with it.

export const CAPTCHA_LENGTH = 4;

/**
 * Letters and digits that stay distinct in the image. The alphabet has at most one character of each group of
 * look-alikes: 0 O D Q, 1 I L, 2 Z, 5 S, 6 G C, 8 B, 9 G, U V J, H N, E F, 4 A. It has none that the inverted part of the
 * image can turn into another character: R looks like B, P like F, C like G.
 */
export const CAPTCHA_ALPHABET = 'AEHKMTUWXY2367';

/** Returns the text of a new captcha. `randomInt(n)` returns a uniform integer from 0 to n - 1. */
export function captchaText(randomInt: (bound: number) => number): string {
  const randomCharacter = () => CAPTCHA_ALPHABET.charAt(randomInt(CAPTCHA_ALPHABET.length));
  return Array.from({ length: CAPTCHA_LENGTH }, randomCharacter).join('');
}

/** Compares an answer with the captcha's text. Case, full-width forms and surrounding spaces are ignored. */
export function isCaptchaAnswer(text: string, answer: string): boolean {
  return normalizeAnswer(text) === normalizeAnswer(answer);
}

/** Returns the same string for all answers that `isCaptchaAnswer` treats as equal. */
export function normalizeAnswer(answer: string): string {
  return answer.normalize('NFKC').trim().toLowerCase();
}
