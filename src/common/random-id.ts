// Random identifiers.

import { randomBytes } from 'node:crypto';

const ID_BYTES = 16;
const TOKEN_BYTES = 6;

/** Unguessable: 128 random bits as base64url, 22 characters: the minimum entropy of OWASP ASVS 5.0 requirement 11.5.1. */
export function randomId(): string {
  return randomBytes(ID_BYTES).toString('base64url');
}

/** 48 random bits as base64url, 8 characters: tells apart what happens within one millisecond. Not unguessable. */
export function randomToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}
