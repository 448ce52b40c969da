// The Redis scripts of deliveries. Each changes one record, and never moves its state back.
//
// A record is a hash with the fields
//   state          the state of the latest attempt
//   attempt        the id of the latest attempt; earlier ones were rejected
//   provider       the provider of the latest attempt
//   mobile         the keyed hash of the mobile, which reports must match
//   prefix         the carrier prefix of the mobile
//   guardEntry     where the SMS counts as open, until its code is verified
//   requestedAtMs, startedAtMs, updatedAtMs    of the delivery, of the latest attempt, of the state

import { booleanReply, defineScript, fieldsReply, noReply } from '../../common/redis/define-script.ts';

export const createDelivery = defineScript({
  name: 'createDelivery',
  keys: ['delivery'],
  args: ['state', 'requestedAtMs', 'ttlMs'],
  reply: noReply,
  lua: `
if redis.call('EXISTS', delivery) == 1 then return end
redis.call('HSET', delivery, 'state', state, 'requestedAtMs', requestedAtMs, 'updatedAtMs', requestedAtMs)
redis.call('PEXPIRE', delivery, ttlMs)`,
});

export const startSmsAttempt = defineScript({
  name: 'startSmsAttempt',
  keys: ['delivery'],
  args: [
    'attempt',
    'rejected',
    'provider',
    'mobile',
    'prefix',
    'requestedAtMs',
    'nowMs',
    'ttlMs',
    'guardEntry',
  ],
  reply: booleanReply,
  // An attempt may start if none may have been accepted. A Cluster client repeats a command whose reply was lost.
  lua: `
local state, latest = unpack(redis.call('HMGET', delivery, 'state', 'attempt'))
if state == 'leaving' and latest == attempt then return 1 end
local mayStart = not state or state == 'requested' or state == 'rejected' or (state == 'leaving' and latest == rejected)
if not mayStart then return 0 end
redis.call('HSET', delivery, 'state', 'leaving', 'attempt', attempt, 'provider', provider, 'mobile', mobile,
  'prefix', prefix, 'startedAtMs', nowMs, 'updatedAtMs', nowMs)
redis.call('HSETNX', delivery, 'requestedAtMs', requestedAtMs)
if guardEntry ~= '' then redis.call('HSET', delivery, 'guardEntry', guardEntry) end
redis.call('PEXPIRE', delivery, ttlMs)
return 1`,
});

export const finishSmsAttempt = defineScript({
  name: 'finishSmsAttempt',
  keys: ['delivery'],
  args: ['attempt', 'outcome', 'nowMs'],
  reply: booleanReply,
  // A report or a look-up may have been faster, or the code may be verified: the state never goes back.
  lua: `
local state, latest = unpack(redis.call('HMGET', delivery, 'state', 'attempt'))
local isForward = state == 'leaving' or (state == 'unknown' and outcome == 'accepted')
if latest ~= attempt or not isForward then return 0 end
redis.call('HSET', delivery, 'state', outcome, 'updatedAtMs', nowMs)
return 1`,
});

type ReportReply =
  | { readonly kind: 'applied' | 'repeated'; readonly startedAtMs: string }
  | { readonly kind: 'unknown_id' | 'other_mobile' | 'rejected_attempt' };

export const reportDelivery = defineScript({
  name: 'reportDelivery',
  keys: ['delivery'],
  args: ['attempt', 'provider', 'mobile', 'state', 'nowMs'],
  reply: fieldsReply<ReportReply>(),
  lua: `
local current, latest, sender, subject, startedAtMs =
  unpack(redis.call('HMGET', delivery, 'state', 'attempt', 'provider', 'mobile', 'startedAtMs'))
if not latest or latest < attempt then return fields({ kind = 'unknown_id' }) end
if latest > attempt or current == 'rejected' then return fields({ kind = 'rejected_attempt' }) end
if sender ~= provider then return fields({ kind = 'unknown_id' }) end
if mobile ~= '' and mobile ~= subject then return fields({ kind = 'other_mobile' }) end
local isOpen = current == 'leaving' or current == 'accepted' or current == 'unknown'
if isOpen then redis.call('HSET', delivery, 'state', state, 'updatedAtMs', nowMs) end
return fields({ kind = isOpen and 'applied' or 'repeated', startedAtMs = startedAtMs })`,
});

export const verifyDelivery = defineScript({
  name: 'verifyDelivery',
  keys: ['delivery'],
  args: ['nowMs'],
  reply: fieldsReply<{ readonly before?: string; readonly guardEntry?: string }>(),
  // Only the first call gets the entry, so that an SMS is paid back once.
  lua: `
local before, guardEntry = unpack(redis.call('HMGET', delivery, 'state', 'guardEntry'))
if not before then return fields({}) end
if guardEntry then redis.call('HDEL', delivery, 'guardEntry') end
if before ~= 'verified' then redis.call('HSET', delivery, 'state', 'verified') end
-- What a client sees does not change by it.
if before ~= 'verified' and before ~= 'delivered' then redis.call('HSET', delivery, 'updatedAtMs', nowMs) end
return fields({ before = before, guardEntry = guardEntry or nil })`,
});

export const deliveryScripts = [
  createDelivery,
  startSmsAttempt,
  finishSmsAttempt,
  reportDelivery,
  verifyDelivery,
] as const;
