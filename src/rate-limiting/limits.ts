// How often a text may be asked for and sent.

import type { KeyedHash } from '../common/keyed-hash.ts';
import type { Mobile } from '../common/phone-number.ts';
import { rangeKey, SMS_SLOT } from '../common/redis/keys.ts';
import { addressAllowance, type RateLimit } from './rate-limit.ts';
import { RateLimitScope } from './rate-limiting.schema.ts';

const HOUR_SECONDS = 60 * 60;
const DAY_SECONDS = 24 * HOUR_SECONDS;

export interface SendLimits {
  readonly perAddressPerHour: number;
  readonly resendGapSeconds: number;
  readonly perMobilePerHour: number;
  readonly perMobilePerDay: number;
  readonly perRangePerHour: number;
  readonly perDay: number;
}

/** What an address may ask for; counted whether or not a text goes out, in one step with the claim of the request. */
export function addressAllowances(hash: KeyedHash, limits: SendLimits, clientAddress: string): RateLimit[] {
  const perHour = { limit: limits.perAddressPerHour, windowSeconds: HOUR_SECONDS };
  const allowance = addressAllowance(hash, 'sms', clientAddress, perHour);
  return [{ ...allowance, key: `${SMS_SLOT}:ratelimit:address:${hash('address', clientAddress)}:hour` }];
}

/** What one text takes: from the mobile, in whichever purpose, from its range of numbers, and from the service. */
export function sendAllowances(hash: KeyedHash, limits: SendLimits, mobile: Mobile): RateLimit[] {
  const subject = hash('mobile', mobile);
  const perMobile = (name: string, limit: number, windowSeconds: number): RateLimit => ({
    key: `${SMS_SLOT}:ratelimit:mobile:${subject}:${name}`,
    scope: RateLimitScope.MOBILE,
    limit,
    windowSeconds,
  });
  return [
    perMobile('cooldown', 1, limits.resendGapSeconds),
    perMobile('hour', limits.perMobilePerHour, HOUR_SECONDS),
    perMobile('day', limits.perMobilePerDay, DAY_SECONDS),
    {
      // Whoever is paid for texts walks ranges. A text whose code is verified is given back to its range.
      key: rangeKey(hash, mobile),
      scope: RateLimitScope.SERVICE,
      limit: limits.perRangePerHour,
      windowSeconds: HOUR_SECONDS,
    },
    {
      key: `${SMS_SLOT}:ratelimit:service:day`,
      scope: RateLimitScope.SERVICE,
      limit: limits.perDay,
      windowSeconds: DAY_SECONDS,
    },
  ];
}
