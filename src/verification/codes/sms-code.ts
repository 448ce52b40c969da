// The code of an SMS. It is never stored: it is derived from a secret and a stored nonce.

import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { Mobile } from '../../common/phone-number.ts';
import type { SmsCodePurpose } from '../sms-code-purpose.ts';

export const CODE_LENGTH = 6;
/** After this many comparisons a code is invalid, whether they succeeded or not. */
export const ATTEMPTS_PER_CODE = 5;

const NUMBER_OF_CODES = 10 ** CODE_LENGTH;
/** The largest multiple of the number of codes within 32 bits. Larger words would make low codes more likely. */
const REJECTION_THRESHOLD = Math.floor(2 ** 32 / NUMBER_OF_CODES) * NUMBER_OF_CODES;

export interface SmsCodeSource {
  readonly purpose: SmsCodePurpose;
  readonly mobile: Mobile;
  /** Random and stored. Without the secret it is worthless. */
  readonly nonce: string;
}

/**
 * Derives the code: HMAC-SHA-256 under the secret, reduced to six digits by rejection sampling, so every code from
 * 000000 to 999999 is equally likely. A dump of Redis discloses no code, because it does not contain the secret.
 */
export function deriveSmsCode(secret: KeyObject, { purpose, mobile, nonce }: SmsCodeSource): string {
  for (let round = 0; ; round += 1) {
    const digest = createHmac('sha256', secret)
      .update(['sms-code', purpose, mobile, nonce, round].join('\0'))
      .digest();
    const code = codeFromDigest(digest);
    if (code !== undefined) return code;
  }
}

/** The code of the first unbiased 32-bit word of the digest, or `undefined` if every word was rejected. */
export function codeFromDigest(digest: Buffer): string | undefined {
  for (let offset = 0; offset + 4 <= digest.length; offset += 4) {
    const word = digest.readUInt32BE(offset);
    if (word < REJECTION_THRESHOLD) return String(word % NUMBER_OF_CODES).padStart(CODE_LENGTH, '0');
  }
  return undefined;
}

/** Compares in constant time. Full-width digits and surrounding spaces in the input are accepted. */
export function isSmsCode(code: string, input: string): boolean {
  const [expected, actual] = [Buffer.from(code), Buffer.from(input.normalize('NFKC').trim())];
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
