// What a rate limit is, and the result of exceeding one.

/** Whose limit it is, as the client is told. */
export enum RateLimitScope {
  MOBILE = 'MOBILE',
  ADDRESS = 'ADDRESS',
  SERVICE = 'SERVICE',
}

/** At most `limit` reservations within any `windowSeconds` (a sliding window). */
export interface RateLimit {
  /** Unique within its action; also its name in Lua. */
  readonly name: string;
  /** The Redis key, which contains the subject as a keyed hash. */
  readonly key: string;
  readonly scope: RateLimitScope;
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateLimitExceeded {
  readonly kind: 'exceeded';
  readonly scope: RateLimitScope;
  readonly retryAfterSeconds: number;
}
