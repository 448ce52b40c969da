// Carrier prefixes: the first three digits of a mobile, `138`. The numbering plan assigns them to carriers, and a provider
// that has trouble with a carrier has it with the prefixes of that carrier.

import { type Mobile, nationalNumber } from '../../common/phone-number.ts';

type Digit = '0' | '1' | '2' | '3' | '4' | '5' | '6' | '7' | '8' | '9';

export type CarrierPrefix = `1${Exclude<Digit, '0' | '1' | '2'>}${Digit}`;

const PREFIX_LENGTH = 3;
const LOWEST = 130;
const HIGHEST = 199;

/** Every prefix that a mobile can have, 130 to 199. The list bounds the number of keys in Redis and of labels. */
export const carrierPrefixes: readonly CarrierPrefix[] = Array.from(
  { length: HIGHEST - LOWEST + 1 },
  (_, index) => String(LOWEST + index) as CarrierPrefix,
);

/** One of `carrierPrefixes`, since every mobile begins with 13 to 19. */
export function carrierPrefix(mobile: Mobile): CarrierPrefix {
  return nationalNumber(mobile).slice(0, PREFIX_LENGTH) as CarrierPrefix;
}
