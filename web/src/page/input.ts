// Reads what people type, paste, or let the phone fill in.

export const CODE_LENGTH = 6;
const MOBILE_LENGTH = 11;
/** Six digits with no digit before or after them. */
const SEPARATE_CODE = /(?<!\d)\d{6}(?!\d)/;

/** Extracts the code from the input, which may be a whole SMS. */
export function extractCode(input: string): string {
  const code = SEPARATE_CODE.exec(toAscii(input))?.[0];
  return code ?? digitsOf(input).slice(0, CODE_LENGTH);
}

/** Whether the input has exactly one candidate for the code: {@link extractCode} drops no digit of a longer number. */
export function hasCompleteCode(input: string): boolean {
  return SEPARATE_CODE.test(toAscii(input)) || digitsOf(input).length === CODE_LENGTH;
}

/** Why the input is certainly no mainland China mobile. The service knows the assigned segments; this is only their form. */
export function mobileProblem(input: string): 'missing' | 'foreign' | 'malformed' | undefined {
  const text = withoutSeparators(input);
  if (text === '') return 'missing';
  if (/^(\+|00)(?!86)\d/.test(text)) return 'foreign';
  return /^(?:\+86|0086|86)?1[3-9]\d{9}$/.test(text) ? undefined : 'malformed';
}

/** Whether the input can be the mobile. An incomplete number can be any mobile, and every number an unknown mobile. */
export function canBeMobile(input: string, mobile: string): boolean {
  const digits = nationalDigits(input);
  return mobile === '' || digits.length < MOBILE_LENGTH || digits === nationalDigits(mobile);
}

/** Groups the digits of a mainland China mobile, also an incomplete one, as people read them: 138 0013 8000. */
export function groupMobile(input: string): string {
  const text = withoutSeparators(input);
  const national = /^(?:\+86|0086|86(?=1\d{10}$))?(1\d{0,10})$/.exec(text)?.[1];
  // Anything else stays as it was typed, so that the person sees what is wrong.
  if (national === undefined) return input;
  return [national.slice(0, 3), national.slice(3, 7), national.slice(7)]
    .filter((group) => group !== '')
    .join(' ');
}

/** The position in a grouped mobile after so many of its digits. */
export function positionAfterDigits(text: string, digits: number): number {
  let seen = 0;
  for (let position = 0; position < text.length; position += 1) {
    if (seen === digits) return position;
    if (/\d/.test(text[position] ?? '')) seen += 1;
  }
  return text.length;
}

export function countDigits(text: string): number {
  return digitsOf(text).length;
}

/** Without the country code. */
function nationalDigits(input: string): string {
  return digitsOf(input).replace(/^(00)?86/, '');
}

function digitsOf(input: string): string {
  return toAscii(input).replace(/\D/g, '');
}

/** Full-width digits become ASCII digits. */
function toAscii(input: string): string {
  return input.normalize('NFKC');
}

/** In ASCII, without the spaces and dashes between the groups of a number. */
function withoutSeparators(input: string): string {
  return toAscii(input).replace(/[\s\u2010-\u2015-]/g, '');
}
