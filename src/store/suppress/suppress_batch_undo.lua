-- (after events.lua, optouts.lua, mark.lua, audit.lua, suppress_slice.lua) The next slice of what a batch has set is lifted, where nobody has said
-- it again since; who did it and why is kept for ever, with each record. A batch that only waited to be asked about is gone.
--
-- ARGV  1 prefix   2 batch   3 now [wall ms]   4 the slice that is settled, 0   5 numbers at most   6 who (actor)   7 why
-- Returns {the slice, the mark, what was told}, {0} when all of it is done, or {'none'}
local prefix, id, now, who = ARGV[1], ARGV[2], ARGV[3], ARGV[6]
local batch = prefix .. 'optouts:batch:' .. id
local scope, state = unpack(redis.call('HMGET', batch, 'scope', 'state'))
if not scope then return {'none'} end
local waiting = {batch .. ':new', batch .. ':new:now'}
if state == 'asked' then
  redis.call('UNLINK', batch, unpack(waiting))
  redis.call('ZREM', prefix .. 'optouts:batches:' .. scope, id)
  return {0}
end
if state ~= 'undoing' then
  redis.call('UNLINK', unpack(waiting))
  redis.call('HSET', batch, 'state', 'undoing')
end

local numbers, slice, again = next_slice(batch, 'set', ARGV[4], ARGV[5])
if #numbers == 0 then
  redis.call('HSET', batch, 'state', 'undone')
  return {0}
end
local hash, group, lifted = prefix .. 's:' .. scope, scope ~= 'all' and scope or '', 0
for _, number in ipairs(numbers) do
  local record = redis.call('HGET', hash, number)
  if record and batch_of(record) == id then
    redis.call('HDEL', hash, number)
    audit(prefix .. 'audit', {at_ms = now, who = who, group = group, what = 'suppression lifted: ' .. scope, why = ARGV[7], whom = number, was = record})
    tell_optout('lift', scope, number, now, 'manual')
    lifted = lifted + 1
  elseif again and not record then
    tell_optout('lift', scope, number, now, 'manual')
  end
end
if lifted > 0 then
  redis.call('HINCRBY', batch, 'lifted', lifted)
  tell(prefix, 'optout', scope, group ~= '' and group, 'removed', who)
end
return {slice, mark_move(prefix .. 'store'), take_told()}
