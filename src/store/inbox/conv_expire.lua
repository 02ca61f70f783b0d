-- (after conv_common.lua, conv_queue.lua, person_common.lua) Forgets conversations whose last word is older than the configured days, a few at
-- a time: those of strangers, or closed ones. What they said about being texted stays, and so do the ids of whoever said it
-- or is in a list: a STOP by an id must still stop the number.
--
-- ARGV  1 prefix   2 older than this [wall ms]   3 at most so many   4 the list: strangers | closed:
-- Returns how many went.
local prefix, n, strangers = ARGV[1], 0, ARGV[4] == 'strangers'

local function forget_ids(key)
  if redis.call('HEXISTS', prefix .. 's:all', key) == 1 then return end
  local uid = redis.call('HGET', prefix .. 'idof', key)
  if uid then redis.call('HDEL', prefix .. 'link', uid) end
  redis.call('HDEL', prefix .. 'idof', key)
  redis.call('HDEL', prefix .. 'started', key)
end

for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. ARGV[4], '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'group', 'number', 'campaign')
  if not (strangers and c[3]) then
    if strangers then forget_ids(c[2] or '') end
    forget_thread(prefix, id, c[1] or '', c[2] or '')
  end
  redis.call('ZREM', prefix .. ARGV[4], id)
  n = n + 1
end
if n > 0 then redis.call('HINCRBY', prefix .. 'kept', strangers and 'strangers' or 'conversations', n) end
return n
