// The characters of a captcha.

export const CAPTCHA_LENGTH = 4;

/**
 * At most one of those that look alike: 0 O, 1 I L, 2 Z, 5 S, 8 B, 9 G Q, 7 J, U V; and of those that a warp and a curve
 * make alike: 4 A H, 3 S, 7 T, B P R, E F, H M N Y, J U, K X, X Y.
 */
export const CAPTCHA_ALPHABET = 'ACDEKLMRTUWY236';

/** Text of a new captcha. `randomInt(n)` gives a uniform integer from 0 up to, without, `n`. */
export function captchaText(randomInt: (bound: number) => number): string {
  const pick = () => CAPTCHA_ALPHABET.charAt(randomInt(CAPTCHA_ALPHABET.length));
  return Array.from({ length: CAPTCHA_LENGTH }, pick).join('');
}

/** Whether a person's answer is the captcha's text: case, full-width letters and surrounding spaces do not matter. */
export function isCaptchaAnswer(text: string, answer: string): boolean {
  return normalizeAnswer(text) === normalizeAnswer(answer);
}

/** The same for all answers that differ in nothing that matters. */
export function normalizeAnswer(answer: string): string {
  return answer.normalize('NFKC').trim().toLowerCase();
}
