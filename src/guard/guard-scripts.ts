// The Redis scripts of the guard.
//
// A lane is one hash, so a decision and its effect are one atomic step. It holds counters for buckets of time, not an entry for
// each SMS: its size is bounded, and a decision costs the same at 100 and at ten million SMS a day. The fields:
//   hour, day                    open SMS of each window, the sum of its buckets
//   hour:from, day:from          the oldest bucket that the sum contains
//   hour:<bucket>, day:<bucket>  open SMS that were sent within one bucket
//   proofs:hour                  `<hour>:<proofs>`, of the latest hour with a proof
//   best:<day>                   proofs of the best hour of that day
//   proofs:<day>                 proofs of that day
//   passed:<day>, rejected:<day>  decisions of that day
//   today                        the latest day with a field of its own
// A day is one in China. All times are those of the clock of Redis.

import { CHINA_OFFSET_MS, DAY_MS } from '../common/china-time.ts';
import { defineScript, fieldsReply, type LuaFunction, noReply } from '../common/redis/define-script.ts';

const MINUTE_MS = 60_000;

/** The memory of a lane and of a network. */
export const GUARD_MEMORY_DAYS = 14;
/** A day longer, because the first of the days has begun before the lane was used. */
const LANE_TTL_MS = (GUARD_MEMORY_DAYS + 1) * DAY_MS;
const NETWORK_TTL_MS = GUARD_MEMORY_DAYS * DAY_MS;
/** A network is proven by this many mobiles. */
const PROVEN_BY_MOBILES = 3;

const clock: LuaFunction = {
  name: 'clock',
  lua: `
local function clock()
  local now = redis.call('TIME')
  return tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
end`,
};

/**
 * The two windows: an SMS leaves the hour after 60 to 61 minutes, and the day after 24 hours to 24 hours and 10 minutes.
 * `openSms(lane, window, nowMs)` removes the buckets that have left a window, and returns the sum of the others.
 */
const openSms: LuaFunction = {
  name: 'openSms',
  lua: `
local windows = {
  hour = { bucketMs = ${MINUTE_MS}, buckets = 60 },
  day = { bucketMs = ${10 * MINUTE_MS}, buckets = 144 },
}

local function bucketAt(window, timeMs)
  return math.floor(timeMs / windows[window].bucketMs)
end

local function openSms(lane, window, nowMs)
  local sum, from = unpack(redis.call('HMGET', lane, window, window .. ':from'))
  local first = bucketAt(window, nowMs) - windows[window].buckets
  sum, from = tonumber(sum or 0), tonumber(from or first)
  if from >= first then return sum, from end
  for bucket = from, math.min(first - 1, from + windows[window].buckets) do
    local field = window .. ':' .. bucket
    local count = redis.call('HGET', lane, field)
    if count then
      sum = sum - count
      redis.call('HDEL', lane, field)
    end
  end
  redis.call('HSET', lane, window, sum, window .. ':from', first)
  return sum, first
end

local function addOpen(lane, timeMs)
  for window, size in pairs(windows) do
    redis.call('HSETNX', lane, window .. ':from', bucketAt(window, timeMs) - size.buckets)
    redis.call('HINCRBY', lane, window, 1)
    redis.call('HINCRBY', lane, window .. ':' .. bucketAt(window, timeMs), 1)
  end
end`,
};

/** `startDay(lane, nowMs)` returns the day, and removes the fields of days that are too old. */
const startDay: LuaFunction = {
  name: 'startDay',
  lua: `
local memoryDays = ${GUARD_MEMORY_DAYS}

local function startDay(lane, nowMs)
  local day = math.floor((nowMs + ${CHINA_OFFSET_MS}) / ${DAY_MS})
  local latest = tonumber(redis.call('HGET', lane, 'today') or day)
  for old = latest - memoryDays + 1, math.min(latest, day - memoryDays) do
    redis.call('HDEL', lane, 'best:' .. old, 'proofs:' .. old, 'passed:' .. old, 'rejected:' .. old)
  end
  if latest ~= day then redis.call('HSET', lane, 'today', day) end
  return day
end

local function touch(lane, day)
  redis.call('HSETNX', lane, 'today', day)
  redis.call('PEXPIRE', lane, ${LANE_TTL_MS})
end`,
};

/** `lineOf(lane, day, kind, base)`: the base, and a share of the best hour or the best day of proofs. The sum, not the maximum. */
const lineOf: LuaFunction = {
  name: 'lineOf',
  lua: `
local function lineOf(lane, day, kind, base, perProof)
  local names = {}
  for past = day - memoryDays + 1, day do names[#names + 1] = kind .. ':' .. past end
  local best = 0
  for _, count in ipairs(redis.call('HMGET', lane, unpack(names))) do
    best = math.max(best, tonumber(count or 0))
  end
  return tonumber(base) + tonumber(perProof) * best
end`,
};

/** `waitUntilBelow(lane, window, open, line, nowMs)`: milliseconds until enough SMS have left the window. */
const waitUntilBelow: LuaFunction = {
  name: 'waitUntilBelow',
  lua: `
local function waitUntilBelow(lane, window, open, line, nowMs)
  if open < line then return 0 end
  local size = windows[window]
  local first = bucketAt(window, nowMs) - size.buckets
  for bucket = first, first + size.buckets do
    open = open - tonumber(redis.call('HGET', lane, window .. ':' .. bucket) or 0)
    if open < line then return (bucket + size.buckets + 1) * size.bucketMs - nowMs end
  end
  return size.buckets * size.bucketMs
end`,
};

const baseArgs = ['basePerHour', 'basePerDay', 'perProof'] as const;

interface LevelsReply {
  readonly openHour: number;
  /** As a string: a line may have a fraction, which Redis drops from numbers. */
  readonly lineHour: string;
  readonly openDay: number;
  readonly lineDay: string;
}

/**
 * Decides about one SMS, and counts it as open if it may be sent. A Cluster client repeats a command whose reply was lost: the
 * SMS may count twice then, until it ages out.
 */
export const openInLane = defineScript({
  name: 'openInLane',
  keys: ['lane'],
  args: baseArgs,
  uses: [clock, openSms, startDay, lineOf, waitUntilBelow],
  reply: fieldsReply<
    LevelsReply & { readonly sentAtMs: string; readonly retryAfterMs: number; readonly passes: 0 | 1 }
  >(),
  lua: `
local nowMs = clock()
local day = startDay(lane, nowMs)
local openHour, openDay = openSms(lane, 'hour', nowMs), openSms(lane, 'day', nowMs)
local lineHour = lineOf(lane, day, 'best', basePerHour, perProof)
local lineDay = lineOf(lane, day, 'proofs', basePerDay, perProof)
local retryAfterMs = math.max(
  waitUntilBelow(lane, 'hour', openHour, lineHour, nowMs),
  waitUntilBelow(lane, 'day', openDay, lineDay, nowMs))
local passes = retryAfterMs == 0
if passes then addOpen(lane, nowMs) end
redis.call('HINCRBY', lane, (passes and 'passed:' or 'rejected:') .. day, 1)
touch(lane, day)
return fields({ openHour = openHour, lineHour = tostring(lineHour), openDay = openDay, lineDay = tostring(lineDay),
  retryAfterMs = retryAfterMs, passes = passes and 1 or 0, sentAtMs = string.format('%.0f', nowMs) })`,
});

/** The SMS are open no longer: their code was verified, which may count as a proof, or they were certainly not sent. */
export const closeInLane = defineScript({
  name: 'closeInLane',
  keys: ['lane'],
  args: ['sentAtMs', 'isProof'],
  uses: [clock, openSms, startDay],
  reply: noReply,
  lua: `
local nowMs = clock()
local day = startDay(lane, nowMs)
for window in pairs(windows) do
  local _, from = openSms(lane, window, nowMs)
  for time in string.gmatch(sentAtMs, '%d+') do
    local bucket = bucketAt(window, tonumber(time))
    local field = window .. ':' .. bucket
    if bucket >= from and tonumber(redis.call('HGET', lane, field) or 0) > 0 then
      redis.call('HINCRBY', lane, field, -1)
      redis.call('HINCRBY', lane, window, -1)
    end
  end
end
if isProof == '1' then
  local hour = math.floor(nowMs / ${60 * MINUTE_MS})
  local latestHour, proofs = string.match(redis.call('HGET', lane, 'proofs:hour') or '', '^(%d+):(%d+)$')
  proofs = (tonumber(latestHour) == hour and tonumber(proofs) or 0) + 1
  redis.call('HSET', lane, 'proofs:hour', string.format('%.0f:%.0f', hour, proofs))
  redis.call('HINCRBY', lane, 'proofs:' .. day, 1)
  local best = tonumber(redis.call('HGET', lane, 'best:' .. day) or 0)
  if proofs > best then redis.call('HSET', lane, 'best:' .. day, proofs) end
end
touch(lane, day)`,
});

/** What a lane holds, and its decisions of the last days: `<passed>:<rejected>` of each, today first. */
export const readLane = defineScript({
  name: 'readLane',
  keys: ['lane'],
  args: baseArgs,
  uses: [clock, openSms, startDay, lineOf],
  reply: fieldsReply<LevelsReply & { readonly decisions: string }>(),
  lua: `
local nowMs = clock()
local day = startDay(lane, nowMs)
local decisions = {}
for past = day, day - memoryDays + 1, -1 do
  local passed, rejected = unpack(redis.call('HMGET', lane, 'passed:' .. past, 'rejected:' .. past))
  decisions[#decisions + 1] = (passed or 0) .. ':' .. (rejected or 0)
end
local openHour, openDay = openSms(lane, 'hour', nowMs), openSms(lane, 'day', nowMs)
if redis.call('EXISTS', lane) == 1 then touch(lane, day) end
return fields({
  openHour = openHour, lineHour = tostring(lineOf(lane, day, 'best', basePerHour, perProof)),
  openDay = openDay, lineDay = tostring(lineOf(lane, day, 'proofs', basePerDay, perProof)),
  decisions = table.concat(decisions, ',') })`,
});

/** Remembers that a mobile was proved from a network. Only the latest mobiles count, so the set stays small. */
export const recordNetworkProof = defineScript({
  name: 'recordNetworkProof',
  keys: ['network'],
  args: ['mobile'],
  uses: [clock],
  reply: noReply,
  lua: `
redis.call('ZADD', network, clock(), mobile)
redis.call('ZREMRANGEBYRANK', network, 0, -${PROVEN_BY_MOBILES + 1})
redis.call('PEXPIRE', network, ${NETWORK_TTL_MS})`,
});

export const countNetworkProofs = defineScript({
  name: 'countNetworkProofs',
  keys: ['network'],
  args: [],
  uses: [clock],
  reply: {
    decode: (raw) => Number(raw) >= PROVEN_BY_MOBILES,
    uses: [],
  },
  lua: `return redis.call('ZCOUNT', network, clock() - ${NETWORK_TTL_MS}, '+inf')`,
});

export const guardScripts = [
  openInLane,
  closeInLane,
  readLane,
  recordNetworkProof,
  countNetworkProofs,
] as const;
