// What people type, paste, and let their phone fill in.

export const CODE_LENGTH = 6;
const MOBILE_DIGITS = 11;

/** Full-width digits become ASCII ones. */
const digitsOf = (text: string) => text.normalize('NFKC').replace(/\D/g, '');

/** The code in what was typed or pasted: a whole text message will do. */
export function codeIn(text: string): string {
  const alone = /(?<!\d)\d{6}(?!\d)/.exec(text.normalize('NFKC'));
  return alone ? alone[0] : digitsOf(text).slice(0, CODE_LENGTH);
}

/** Whether a code can be read from it without leaving a digit out. */
export function isWholeCode(text: string): boolean {
  return /(?<!\d)\d{6}(?!\d)/.test(text.normalize('NFKC')) || digitsOf(text).length === CODE_LENGTH;
}

/** The number without what may stand in front of it. */
const nationalDigits = (text: string) => digitsOf(text).replace(/^(00)?86/, '');

/** Whether what was typed so far can be that mobile; it can as long as it is not all there, or the mobile is not known. */
export function mayBe(typed: string, mobile: string): boolean {
  const digits = nationalDigits(typed);
  return mobile === '' || digits.length < MOBILE_DIGITS || digits === nationalDigits(mobile);
}
