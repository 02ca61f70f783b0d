-- (after events.lua, optouts.lua, mark.lua, conv_common.lua, conv_queue.lua, suppress_set.lua, suppress_slice.lua) The next slice of a batch:
-- its numbers must not be texted any more.
--
-- ARGV  1 prefix   2 batch   3 now [wall ms]   4 the slice that is settled, 0   5 numbers at most   6 how long it can be undone [ms]
-- Returns {the slice, the mark, what was told}, {0} when all of it is done, {'none'}, or {'over'}: it was undone.
local prefix, now, ms = ARGV[1], ARGV[3], ARGV[6]
local batch = prefix .. 'optouts:batch:' .. ARGV[2]
local scope, state, reason, evidence = unpack(redis.call('HMGET', batch, 'scope', 'state', 'reason', 'evidence'))
if not scope then return {'none'} end
if state == 'undoing' or state == 'undone' then return {'over'} end
if state == 'asked' then
  local list = prefix .. 'optouts:batches:' .. scope
  redis.call('HSET', batch, 'state', 'setting', 'at_ms', now)
  redis.call('PEXPIRE', batch, ms)
  redis.call('PEXPIRE', batch .. ':new', ms)
  redis.call('ZADD', list, now, ARGV[2])
  redis.call('PEXPIRE', list, ms)
  redis.call('SADD', prefix .. 'suppress:scopes', scope)
end

local numbers, slice = next_slice(batch, 'new', ARGV[4], ARGV[5])
if #numbers == 0 then
  redis.call('HSET', batch, 'state', 'set')
  return {0}
end
local record = '{"reason":"' .. reason .. '","at_ms":' .. now .. ',"batch":"' .. ARGV[2] .. '","evidence":' .. cjson.encode(evidence) .. '}'
local added = 0
for _, number in ipairs(numbers) do
  if set_optout(prefix, scope, number, record) == 1 then
    redis.call('SADD', batch .. ':set', number)
    added = added + 1
  end
end
if added > 0 then
  redis.call('HINCRBY', batch, 'added', added)
  redis.call('PEXPIRE', batch .. ':set', math.max(redis.call('PTTL', batch), 1))
  tell(prefix, 'optout', scope, scope ~= 'all' and scope, 'added')
end
return {slice, mark_move(prefix .. 'store'), take_told()}
