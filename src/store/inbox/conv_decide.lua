-- (after direct_common.lua, events.lua, conv_common.lua, conv_queue.lua) A person decides about one of our messages of which nobody knows whether it
-- arrived: sent again, or left as it is. Nothing else sends it again, and the same press twice does nothing twice.
--
-- ARGV  1 now [µs] or ""   2 prefix   3 now [wall ms]   4 id   5 groups allowed (conv_common.lua)   6 by   7 fence   8 lease [ms]
--       9 index of the message   10 how often it had been sent again when the decision was made   11 state to move to   12 the same as 6, as an actor
-- Returns {"ok", state}: it is pending or refused now; or {"decided", state}: somebody or a receipt was first;
--       or {why not}: missing, stale (and by, until, fence of who holds it, if anybody), suppressed (and scope, record),
--         automatic: not a person's answer, which nobody sends again
local prefix, now, id, by, index, to = ARGV[2], ARGV[3], ARGV[4], ARGV[6], ARGV[9], tonumber(ARGV[11])
local conv, group = conversation(prefix, id, ARGV[5])
local record = prefix .. 'dm:' .. index
local m = redis.call('HMGET', record, 'conv', 'kind', 'resent')
if not conv or m[1] ~= id then return {'missing'} end

local ledger = ledger_open(prefix .. 'c:0:l', tonumber(index), tonumber(index))
local state = ledger.get(tonumber(index))
if not MAY.person[state * 16 + to] or (m[3] or '0') ~= ARGV[10] then return {'decided', state} end

local holds, until_ms, fence = holder(conv, now)
if not holds then return {'stale'} end
if holds ~= by or fence ~= ARGV[7] then return {'stale', holds, until_ms, fence} end
if to == PENDING then
  if m[2] ~= 'reply' then return {'automatic'} end
  local number = redis.call('HGET', conv, 'number')
  for _, scope in ipairs({'all', group}) do
    local entry = redis.call('HGET', prefix .. 's:' .. scope, number)
    if entry then return {'suppressed', scope, entry} end
  end
end

ledger.set(tonumber(index), to)
ledger.save(prefix .. 'c:0')
if to == PENDING then
  redis.call('HDEL', prefix .. 'c:0:d', index)
  redis.call('HINCRBY', record, 'resent', 1)
  redis.call('ZADD', prefix .. 'dm:pending', now, index)
  redis.call('HSET', conv, 'last_out_ms', now)
else
  redis.call('HSET', prefix .. 'c:0:d', index, 'left by ' .. by)
end
redis.call('HSET', conv, 'claim_until_ms', string.format('%.0f', now + ARGV[8]))
queue(prefix, id, now)
audit(prefix .. 'audit', {at_ms = now, who = ARGV[12], group = group,
  what = 'conversation ' .. id .. ' answer ' .. index .. (to == PENDING and ' unknown to pending' or ' unknown to refused')})
tell(prefix, 'conversation', id, group, 'decided', by)
return {'ok', to}
