// Random identifiers.

import { randomFillSync } from 'node:crypto';

const ID_BYTES = 16;
const REQUEST_ID_BYTES = 12;
const TOKEN_BYTES = 6;

/** Unguessable: 128 random bits as base64url, 22 characters: the minimum entropy of OWASP ASVS 5.0 requirement 11.5.1. */
export function randomId(): string {
  return randomText(ID_BYTES);
}

/** 96 random bits as base64url, 16 characters. */
export function randomRequestId(): string {
  return randomText(REQUEST_ID_BYTES);
}

/** 48 random bits as base64url, 8 characters: tells apart what happens within one millisecond. Not unguessable. */
export function randomToken(): string {
  return randomText(TOKEN_BYTES);
}

/** Random bytes of the operating system for many identifiers: asking for a few bytes costs as much as for all of these. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function randomText(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const text = pool.toString('base64url', used, used + bytes);
  // The bytes of an identifier do not stay in the pool.
  pool.fill(0, used, used + bytes);
  used += bytes;
  return text;
}
