// The carrier prefix of a mobile.

import { type Mobile, nationalNumber } from '../../common/phone-number.ts';

/** The first three digits: `138`. */
export function carrierPrefix(mobile: Mobile): string {
  return nationalNumber(mobile).slice(0, 3);
}
