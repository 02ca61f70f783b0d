-- (after conv_common.lua, person_common.lua) Forgets conversations of strangers that are older than the configured days, a
-- few at a time. What they said about being texted stays, and so do the ids of whoever said it.
--
-- ARGV  1 prefix   2 older than this [wall ms]   3 at most so many
-- Returns how many went.
local prefix, n = ARGV[1], 0
for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'strangers', '-inf', '(' .. ARGV[2], 'LIMIT', 0, ARGV[3])) do
  local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'group', 'number', 'campaign')
  if not c[3] then
    local group, key = c[1] or '', c[2] or ''
    if redis.call('HGET', prefix .. 'convof:' .. group, key) == id then
      redis.call('HDEL', prefix .. 'convof:' .. group, key)
    end
    if redis.call('HGET', prefix .. 'groupof', key) == group then redis.call('HDEL', prefix .. 'groupof', key) end
    if redis.call('HEXISTS', prefix .. 's:all', key) == 0 then
      local uid = redis.call('HGET', prefix .. 'idof', key)
      if uid then redis.call('HDEL', prefix .. 'link', uid) end
      redis.call('HDEL', prefix .. 'idof', key)
      redis.call('HDEL', prefix .. 'started', key)
    end
    forget_conversation(prefix, id)
  end
  redis.call('ZREM', prefix .. 'strangers', id)
  n = n + 1
end
return n
