// Subjects, keys and limits for the tests of stores.

import { createSecretKey } from 'node:crypto';
import { createKeyedHash } from '../../src/common/keyed-hash.ts';
import { type Mobile, parseMobile } from '../../src/common/phone-number.ts';
import { RedisKeys } from '../../src/common/redis/keys.ts';
import { type RateLimitSettings, RateLimits, rateLimitSettings } from '../../src/rate-limiting/limits.ts';
import type { RateLimit } from '../../src/rate-limiting/rate-limit.ts';
import { freshMobile } from './api.ts';

const SECRET = 'a secret for tests, of 32 bytes or more';

export const keys = new RedisKeys(createKeyedHash(createSecretKey(Buffer.from(SECRET))));

/** Limits that no test exceeds by accident. */
const generousSettings = {
  ...Object.fromEntries(Object.keys(rateLimitSettings).map((name) => [name, 100_000])),
  SMS_RESEND_GAP_SECONDS: 0,
} as RateLimitSettings;

export function rateLimitsWith(settings: Partial<RateLimitSettings> = {}): RateLimits {
  return new RateLimits(keys, { ...generousSettings, ...settings });
}

/** A mobile that no other test of the file uses. */
export function newMobile(): Mobile {
  return parseMobile(freshMobile()) as Mobile;
}

let lastAddress = 0;

/** An address that no other test of the file uses. */
export function newAddress(): string {
  lastAddress += 1;
  return `10.0.${lastAddress >> 8}.${lastAddress & 0xff}`;
}

/** The only element of the limits of an action. */
export function onlyLimit<Name extends string>(limits: readonly RateLimit<Name>[]): RateLimit<Name> {
  const [limit, ...others] = limits;
  if (limit === undefined || others.length > 0) throw new Error(`expected one limit, got ${limits.length}`);
  return limit;
}
