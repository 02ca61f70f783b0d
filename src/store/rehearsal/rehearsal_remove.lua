-- (after rehearsal_common.lua, audit.lua) One is not wanted any more.
--
-- ARGV  1, 2   3 who   4 id
-- Returns {"ok"}, or {"missing"}
local group = redis.call('HGET', key_of(ARGV[4]), 'group')
if not group then return {'missing'} end
drop(ARGV[4])
audit(P .. 'audit', {at_ms = ARGV[2], who = ARGV[3], group = group, what = 'rehearsal ' .. ARGV[4] .. ' taken away'})
return {'ok'}
