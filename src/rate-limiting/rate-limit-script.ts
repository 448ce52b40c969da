// Rate limits inside Lua scripts: a script that reserves limits does so in the same atomic step as its own work.
//
// The key of a limit holds a list of the times of its latest reservations, newest first, never longer than the limit. The
// limit is exceeded while the oldest of `limit` reservations is younger than the window. This sliding window is exact,
// and a check costs the same for a limit of 1 and of 100,000.

import type { LuaFunction } from '../common/redis/define-script.ts';
import { type LimitedAction, limitNames } from './limits.ts';
import type { RateLimit, RateLimitExceeded } from './rate-limit.ts';

/** The reply of a script that exceeded a limit: `exceeded` is the name of the limit that is free again last. */
export interface ExceededReply {
  readonly kind: 'exceeded';
  readonly exceeded: string;
  readonly retryAfterMs: number;
}

/**
 * `reserve(rateLimits)`: reserves one of each limit, or nothing. Returns a table with `reservedAtMs`, or with `kind`,
 * `exceeded` and `retryAfterMs`.
 */
export const reserve: LuaFunction = {
  name: 'reserve',
  lua: `
local function reserve(rateLimits)
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  local exceeded, retryAfterMs = nil, 0
  for _, rateLimit in ipairs(rateLimits) do
    local oldestMs = redis.call('LINDEX', rateLimit.key, rateLimit.limit - 1)
    if oldestMs and oldestMs + rateLimit.windowMs - nowMs > retryAfterMs then
      exceeded, retryAfterMs = rateLimit.name, oldestMs + rateLimit.windowMs - nowMs
    end
  end
  if exceeded then return { kind = 'exceeded', exceeded = exceeded, retryAfterMs = retryAfterMs } end
  for _, rateLimit in ipairs(rateLimits) do
    redis.call('LPUSH', rateLimit.key, string.format('%.0f', nowMs))
    redis.call('LTRIM', rateLimit.key, 0, rateLimit.limit - 1)
    redis.call('PEXPIRE', rateLimit.key, rateLimit.windowMs)
  end
  return { reservedAtMs = nowMs }
end`,
};

/** `release(key, reservedAtMs)`: removes one reservation of that time. */
export const release: LuaFunction = {
  name: 'release',
  lua: `
local function release(key, reservedAtMs)
  redis.call('LREM', key, 1, string.format('%.0f', reservedAtMs))
end`,
};

/** The parameters that a script needs for the limits of an action. Their number is constant, as a Cluster requires. */
export function rateLimitParameters(action: LimitedAction) {
  const names = limitNames(action);
  const entries = names.map(
    (name) =>
      `{ name = '${name}', key = ${name}, limit = tonumber(${name}Limit), windowMs = tonumber(${name}WindowMs) }`,
  );
  return {
    keys: names,
    args: names.flatMap((name) => [`${name}Limit`, `${name}WindowMs`]),
    /** A table of the limits, the argument of `reserve`. */
    table: `{\n  ${entries.join(',\n  ')}\n}`,
  };
}

/** The values of these parameters. */
export function rateLimitInput(rateLimits: readonly RateLimit[]) {
  return {
    keys: rateLimitKeys(rateLimits),
    args: Object.fromEntries(
      rateLimits.flatMap(({ name, limit, windowSeconds }) => [
        [`${name}Limit`, limit],
        [`${name}WindowMs`, windowSeconds * 1000],
      ]),
    ) as Record<string, number>,
  };
}

export function rateLimitKeys(rateLimits: readonly RateLimit[]): Record<string, string> {
  return Object.fromEntries(rateLimits.map(({ name, key }) => [name, key]));
}

/** @throws Error if the reply names a limit that is not among these. */
export function exceededLimit(rateLimits: readonly RateLimit[], reply: ExceededReply): RateLimitExceeded {
  const exceeded = rateLimits.find(({ name }) => name === reply.exceeded);
  if (exceeded === undefined) throw new Error(`unknown rate limit ${reply.exceeded}`);
  return {
    kind: 'exceeded',
    scope: exceeded.scope,
    retryAfterSeconds: Math.ceil(reply.retryAfterMs / 1000),
  };
}
