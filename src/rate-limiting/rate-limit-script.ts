// Rate limits inside Lua scripts: a script that reserves limits does so in the same atomic step as its own work.
//
// The key of a limit holds a list of its reservations within the window, newest first. A reservation is `<time>:<token>`:
// the clock of Redis in milliseconds, and a token that makes it unique, so that a release removes exactly this one, however
// often a client repeats it. The sliding window is exact, and to admit a reservation costs the same for a limit of 1 and of 100,000.

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
 * `reserve(rateLimits, token)`: reserves one of each limit, or nothing. Returns a table with `reservation`, or with `kind`,
 * `exceeded` and `retryAfterMs`. A Cluster client repeats a command whose reply was lost: unless another reservation came in
 * between, the same token reserves once.
 *
 * The part of the token before a dot names the request. Concurrent replays of one request reserve a limit for a moment, see
 * idempotency.service.ts. They must not make the limit reject the request itself, so together they count as one.
 */
export const reserve: LuaFunction = {
  name: 'reserve',
  lua: `
local function timeOf(reservation)
  return tonumber(string.match(reservation, '^%d+'))
end

local function countReplays(key, token)
  local request = string.match(token, '^[^.]+%.')
  if not request then return 0 end
  local replays = 0
  for _, reservation in ipairs(redis.call('LRANGE', key, 0, 999)) do
    if string.find(reservation, ':' .. request, 1, true) then replays = replays + 1 end
  end
  return replays
end

local function millisecondsToWait(rateLimit, nowMs, token)
  local key, windowMs = rateLimit.key, rateLimit.windowMs
  local oldest = redis.call('LINDEX', key, -1)
  while oldest and timeOf(oldest) + windowMs <= nowMs do
    redis.call('RPOP', key)
    oldest = redis.call('LINDEX', key, -1)
  end
  if not oldest or redis.call('LLEN', key) < rateLimit.limit then return 0 end
  local last = redis.call('LINDEX', key, rateLimit.limit - 1 + countReplays(key, token))
  -- After a failover to a server whose clock is behind, a reservation may lie in the future.
  return last and math.min(timeOf(last) + windowMs - nowMs, windowMs) or 0
end

local function reserve(rateLimits, token)
  local newest = redis.call('LINDEX', rateLimits[1].key, 0)
  if newest and string.sub(newest, -#token - 1) == ':' .. token then return { reservation = newest } end
  local time = redis.call('TIME')
  local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)
  local exceeded, retryAfterMs = nil, 0
  for _, rateLimit in ipairs(rateLimits) do
    local waitMs = millisecondsToWait(rateLimit, nowMs, token)
    if waitMs > retryAfterMs then exceeded, retryAfterMs = rateLimit.name, waitMs end
  end
  if exceeded then return { kind = 'exceeded', exceeded = exceeded, retryAfterMs = retryAfterMs } end
  local reservation = string.format('%.0f:', nowMs) .. token
  for _, rateLimit in ipairs(rateLimits) do
    redis.call('LPUSH', rateLimit.key, reservation)
    redis.call('PEXPIRE', rateLimit.key, rateLimit.windowMs)
  end
  return { reservation = reservation }
end`,
};

/** `release(key, reservation)`: removes the reservation, if it is there. */
export const release: LuaFunction = {
  name: 'release',
  lua: `
local function release(key, reservation)
  redis.call('LREM', key, 1, reservation)
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
  const args: Record<string, number> = {};
  for (const { name, limit, windowSeconds } of rateLimits) {
    args[`${name}Limit`] = limit;
    args[`${name}WindowMs`] = windowSeconds * 1000;
  }
  return { keys: rateLimitKeys(rateLimits), args: args as Readonly<Record<ArgumentName<Name>, number>> };
}

/** The Redis keys of limits by their names. */
export function rateLimitKeys<Name extends string>(
  rateLimits: readonly RateLimit<Name>[],
): Readonly<Record<Name, string>> {
  const keys: Record<string, string> = {};
  for (const { name, key } of rateLimits) keys[name] = key;
  return keys as Record<Name, string>;
}

/** @throws Error if the reply names a limit that is not among these. */
export function exceededLimit(rateLimits: readonly RateLimit[], reply: ExceededReply): RateLimitExceeded {
  const exceeded = rateLimits.find(({ name }) => name === reply.exceeded);
  if (exceeded === undefined) throw new Error(`unknown rate limit ${reply.exceeded}`);
  return {
    kind: 'exceeded',
    rule: exceeded.name,
    scope: exceeded.scope,
    retryAfterSeconds: Math.ceil(reply.retryAfterMs / 1000),
  };
}
