-- (after events.lua)
-- ARGV  1 prefix   2 id   3 by
-- Returns {"ok"} or {"missing"}
local group = redis.call('HGET', ARGV[1] .. 'sub:' .. ARGV[2], 'group')
if not group then return {'missing'} end
redis.call('HDEL', ARGV[1] .. 'sub:' .. ARGV[2], 'next_ms')
tell(ARGV[1], 'test', ARGV[2], group, 'test', ARGV[3])
return {'ok'}
