// The code of a text message. It is never stored: it follows from a secret and from what is stored.

import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Mobile } from '../../common/phone-number.ts';
import type { SmsCodePurpose } from '../verification.schema.ts';

export const CODE_LENGTH = 6;
/** A code that was compared this often is dead, right or wrong. */
export const ATTEMPTS_PER_CODE = 5;

const CODES = 10 ** CODE_LENGTH;
/** The largest multiple of the number of codes that fits 32 bits: a word from here on would favour the low codes. */
const UNBIASED_BELOW = Math.floor(2 ** 32 / CODES) * CODES;

export interface SmsCodeOrigin {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  /** Random and stored; whoever has it alone has nothing. */
  readonly nonce: string;
}

/**
 * The code that belongs to a nonce: HMAC-SHA-256 under the secret, six digits, uniform over 000000 to 999999.
 * Reading it takes the secret, so a copy of Redis gives no code away.
 */
export function deriveSmsCode(secret: KeyObject, { purpose, mobile, nonce }: SmsCodeOrigin): string {
  for (let round = 0; ; round += 1) {
    const digest = createHmac('sha256', secret)
      .update(['sms-code', purpose, mobile, nonce, round].join('\0'))
      .digest();
    const code = codeOfDigest(digest);
    if (code !== undefined) return code;
  }
}

/** The first 32-bit word of the digest that can be used without bias, as a code; `undefined` if there is none. */
export function codeOfDigest(digest: Buffer): string | undefined {
  for (let offset = 0; offset + 4 <= digest.length; offset += 4) {
    const word = digest.readUInt32BE(offset);
    if (word < UNBIASED_BELOW) return String(word % CODES).padStart(CODE_LENGTH, '0');
  }
  return undefined;
}

/** Whether a person typed the code; takes the same time wherever the two differ. */
export function isSmsCode(code: string, typed: string): boolean {
  const [expected, given] = [Buffer.from(code), Buffer.from(typed.normalize('NFKC').trim())];
  return expected.length === given.length && timingSafeEqual(expected, given);
}
