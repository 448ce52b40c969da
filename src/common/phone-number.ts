// Mainland China mobile numbers: many ways to type one, a single form to key and to send to.

import { parsePhoneNumberFromString } from 'libphonenumber-js/mobile';

/** E.164, `+8613800138000`. Only `parseMobile` makes one, so whatever takes a `Mobile` takes a checked number. */
export type Mobile = string & { readonly form: 'E.164' };

const WIDE_OFFSET = 0xff01 - 0x21;
const WIDE = /[\uff0b\uff0d\uff10-\uff19]/g; // + - 0 to 9 in full width
const SPACES_AND_DASHES = /[ \u00a0\u3000\u2010-\u2015-]/g;
const NATIONAL = /^(?:\+86|0086|86)?(1[3-9]\d{9})$/;
const LONGEST_TYPED = 40;

/**
 * Reads a mainland mobile number: eleven digits, by themselves or after `+86`, `0086` or `86`, with spaces and dashes
 * anywhere, digits in full width or not. The number plan is libphonenumber's, so every segment in use passes and
 * unassigned ones do not.
 * @returns `undefined` for everything else: landlines, other countries, letters, control characters.
 */
export function parseMobile(typed: string): Mobile | undefined {
  if (typed.length > LONGEST_TYPED) return undefined;
  const plain = typed
    .replace(WIDE, (wide) => String.fromCharCode(wide.charCodeAt(0) - WIDE_OFFSET))
    .replace(SPACES_AND_DASHES, '');
  // `$` of a JavaScript regular expression without the m flag matches no trailing newline.
  const national = NATIONAL.exec(plain)?.[1];
  const number = national && parsePhoneNumberFromString(`+86${national}`);
  return number && number.country === 'CN' && number.isValid()
    ? (number.number as string as Mobile)
    : undefined;
}

/** The eleven digits that a person in China knows, `13800138000`. */
export function nationalNumber(mobile: Mobile): string {
  return mobile.slice('+86'.length);
}

/** The ten thousand numbers that differ in the last four digits alone, by what they have in common. */
export function numberRange(mobile: Mobile): string {
  return mobile.slice(0, -4);
}

/** For answers and logs: `138****8000`. */
export function maskMobile(mobile: Mobile): string {
  return nationalNumber(mobile).replace(/^(\d{3})\d{4}/, '$1****');
}
