// Rate limits inside Lua scripts: a script that reserves limits does so in the same atomic step as its own work.
//
// The key of a limit holds a list of the times of its latest reservations, newest first, never longer than the limit. The
// limit is exceeded while the oldest of `limit` reservations is younger than the window. This sliding window is exact,
// and a check costs the same for a limit of 1 and of 100,000.

import type { LuaFunction } from '../common/redis/define-script.ts';
import { type LimitedAction, type LimitName, limitNames } from './limits.ts';
import type { RateLimit, RateLimitExceeded } from './rate-limit.ts';

/** The reply of a script that exceeded a limit: `exceeded` is the name of the exceeded limit with the longest wait. */
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

type ArgumentName<Name extends string> = `${Name}Limit` | `${Name}WindowMs`;

/** The keys and arguments that a script needs for the limits of an action, and the Lua table that `reserve` takes. */
export function rateLimitParameters<Action extends LimitedAction>(action: Action) {
  const keys = limitNames(action);
  const entries = keys.map(
    (name) =>
      `{ name = '${name}', key = ${name}, limit = tonumber(${name}Limit), windowMs = tonumber(${name}WindowMs) }`,
  );
  const args = keys.flatMap((name): ArgumentName<LimitName<Action>>[] => [`${name}Limit`, `${name}WindowMs`]);
  return { keys, args, table: `{\n  ${entries.join(',\n  ')}\n}` };
}

/** The values of these parameters. */
export function rateLimitInput<Name extends string>(rateLimits: readonly RateLimit<Name>[]) {
  const args = rateLimits.flatMap(({ name, limit, windowSeconds }) => [
    [`${name}Limit`, limit],
    [`${name}WindowMs`, windowSeconds * 1000],
  ]);
  return {
    keys: rateLimitKeys(rateLimits),
    args: Object.fromEntries(args) as Readonly<Record<ArgumentName<Name>, number>>,
  };
}

/** The Redis keys of limits by their names. */
export function rateLimitKeys<Name extends string>(
  rateLimits: readonly RateLimit<Name>[],
): Readonly<Record<Name, string>> {
  return Object.fromEntries(rateLimits.map(({ name, key }) => [name, key])) as Record<Name, string>;
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
