// The counting itself, in Lua, for every script that has to reserve allowances in the same atomic step as its own work.

/**
 * Defines `reserve(keys, args)` and `give_back(keys, at)`.
 *
 * Each key is a list of the times of the last admissions, newest first, never longer than its limit: when the
 * limit-th newest is older than the window, there is room. That holds in every stretch of time, not only from one
 * full hour to the next, and costs the same for a limit of 1 and of 100,000.
 *
 * reserve: all or nothing.
 *   keys  the lists        args  limit and window in ms of each, in the keys' order
 *   reply {0, now} with now in ms, or {i, wait}: nothing was counted, and of all that are used up the i-th is the
 *         last to have room again, in wait ms.
 * give_back: takes the entries of that reservation out again.
 */
export const RESERVE_LUA = `
local function reserve(keys, args)
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local blocked, wait = 0, 0
  for i, key in ipairs(keys) do
    local limit, window = tonumber(args[2 * i - 1]), tonumber(args[2 * i])
    local oldest = redis.call('LINDEX', key, limit - 1)
    if oldest and oldest + window - now > wait then
      blocked, wait = i, oldest + window - now
    end
  end
  if blocked > 0 then return {blocked, wait} end
  for i, key in ipairs(keys) do
    redis.call('LPUSH', key, string.format('%.0f', now))
    redis.call('LTRIM', key, 0, args[2 * i - 1] - 1)
    redis.call('PEXPIRE', key, args[2 * i])
  end
  return {0, now}
end

local function give_back(keys, at)
  for _, key in ipairs(keys) do redis.call('LREM', key, 1, at) end
end
`;
