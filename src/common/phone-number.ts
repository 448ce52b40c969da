// Mainland China mobile numbers: people type them in many ways, and the service uses one normalized form.

/** E.164, `+8613800138000`. Only `parseMobile` creates one, so a `Mobile` is always a valid number. */
export type Mobile = string & { readonly form: 'E.164' };

const FULL_WIDTH_OFFSET = 0xff01 - 0x21;
const FULL_WIDTH = /[\uff0b\uff0d\uff10-\uff19]/g; // + - 0 to 9
const SPACES_AND_DASHES = /[ \u00a0\u3000\u2010-\u2015-]/g;
const NATIONAL_NUMBER = /^(?:\+86|0086|86)?(1\d{10})$/;
/**
 * The segments that are assigned to mobiles, as libphonenumber has them. A new version of that package with other segments fails
 * test/unit/phone-number.test.ts. Parsing with it costs twenty times as much.
 */
const NUMBER_PLAN = /^1(?:[38]\d|4[57]|[59][0-35-9]|6[25-7]|7[0-35-8])\d{8}$|^1(?:610\d|740[0-5])\d{6}$/;
const MAX_INPUT_LENGTH = 40;

/**
 * Parses a mainland mobile number: eleven digits, alone or after `+86`, `0086` or `86`, with spaces and dashes anywhere,
 * and with full-width digits. Only numbers of an assigned segment pass.
 * @returns `undefined` for everything else: landlines, other countries, letters, control characters.
 */
export function parseMobile(input: string): Mobile | undefined {
  if (input.length > MAX_INPUT_LENGTH) return undefined;
  const normalized = input
    .replace(FULL_WIDTH, (wide) => String.fromCharCode(wide.charCodeAt(0) - FULL_WIDTH_OFFSET))
    .replace(SPACES_AND_DASHES, '');
  // Without the m flag, `$` does not match before a trailing newline in JavaScript.
  const national = NATIONAL_NUMBER.exec(normalized)?.[1];
  return national && NUMBER_PLAN.test(national) ? (`+86${national}` as Mobile) : undefined;
}

/** The eleven digits without the country code, `13800138000`. */
export function nationalNumber(mobile: Mobile): string {
  return mobile.slice('+86'.length);
}

/** The number range: the mobile without its last four digits, shared by ten thousand numbers. */
export function numberRange(mobile: Mobile): string {
  return mobile.slice(0, -4);
}

/** The form for responses and logs: `138****8000`. */
export function maskMobile(mobile: Mobile): string {
  return maskDigits(nationalNumber(mobile));
}

/** The same form, of eleven digits. */
export function maskDigits(digits: string): string {
  return digits.replace(/^(\d{3})\d{4}/, '$1****');
}
