-- (after audit.lua) Nobody is told there any more; what waits is gone.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 by
-- Returns {"ok"} or {"missing"}
local prefix, id = ARGV[1], ARGV[3]
if redis.call('ZREM', prefix .. 'subs', id) == 0 then return {'missing'} end
local s = redis.call('HMGET', prefix .. 'sub:' .. id, 'url', 'group')
redis.call('DEL', prefix .. 'sub:' .. id, prefix .. 'sub:' .. id .. ':q')
audit(prefix .. 'audit', {at_ms = ARGV[2], who = ARGV[4], group = s[2] or '', what = 'webhook ' .. id .. ' deleted', why = s[1] or ''})
return {'ok'}
