// What nobody can guess.

import { randomBytes } from 'node:crypto';

const BYTES = 16;

/** 128 bits from the system's secure source in base64url, 22 characters: the least that OWASP ASVS 11.5.1 wants. */
export function randomId(): string {
  return randomBytes(BYTES).toString('base64url');
}
