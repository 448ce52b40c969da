// What a rate limit is, and the result of exceeding one.

/** What a limit applies to: one mobile, one client address, or the whole service. */
export enum RateLimitScope {
  MOBILE = 'MOBILE',
  ADDRESS = 'ADDRESS',
  SERVICE = 'SERVICE',
}

/** At most `limit` reservations within any `windowSeconds` (a sliding window). */
export interface RateLimit<Name extends string = string> {
  /** Unique within its action; also its name in Lua. */
  readonly name: Name;
  /** The Redis key, which contains the subject as a keyed hash. */
  readonly key: string;
  readonly scope: RateLimitScope;
  readonly limit: number;
  readonly windowSeconds: number;
}

/** The result of a reservation that all limits admit. */
export interface Reserved {
  readonly kind: 'reserved';
  /** Identifies the reservation in the list of each limit. */
  readonly reservation: string;
}

/** The result of a reservation that a limit rejects. Nothing was reserved. */
export interface RateLimitExceeded {
  readonly kind: 'exceeded';
  /** The name of the limit, for the log and the metrics. A client sees the scope only. */
  readonly rule: string;
  readonly scope: RateLimitScope;
  readonly retryAfterSeconds: number;
}

/** What the audit log says about it. */
export function exceededFacts({ scope, rule }: RateLimitExceeded): Pick<RateLimitExceeded, 'scope' | 'rule'> {
  return { scope, rule };
}

export function isRateLimitExceeded(value: object): value is RateLimitExceeded {
  return 'kind' in value && value.kind === 'exceeded';
}
