// An allowance: how often one thing may happen to one subject.

import type { KeyedHash } from '../common/keyed-hash.ts';
import { RateLimitScope } from './rate-limiting.schema.ts';

export interface RateLimit {
  /** The Redis key; it names its subject by a keyed hash. */
  readonly key: string;
  /** Whose allowance it is, as the caller is told. */
  readonly scope: RateLimitScope;
  /** At most this many … */
  readonly limit: number;
  /** … in any stretch of this length. */
  readonly windowSeconds: number;
}

/** How often one address may do one kind of thing. */
export function addressAllowance(
  hash: KeyedHash,
  kind: 'captcha' | 'sms' | 'verify',
  clientAddress: string,
  { limit, windowSeconds }: Pick<RateLimit, 'limit' | 'windowSeconds'>,
): RateLimit {
  const key = `yz:ratelimit:{a:${hash('address', clientAddress)}}:${kind}:${windowSeconds === 60 ? 'minute' : 'hour'}`;
  return { key, scope: RateLimitScope.ADDRESS, limit, windowSeconds };
}

/** Limits and windows as the script takes them. */
export function allowanceArguments(allowances: readonly RateLimit[]): number[] {
  return allowances.flatMap(({ limit, windowSeconds }) => [limit, windowSeconds * 1000]);
}
