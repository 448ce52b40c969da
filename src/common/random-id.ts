// Unguessable identifiers.

import { randomBytes } from 'node:crypto';

const BYTES = 16;

/** 128 random bits as base64url, 22 characters: the minimum entropy of OWASP ASVS 5.0 requirement 11.5.1. */
export function randomId(): string {
  return randomBytes(BYTES).toString('base64url');
}
