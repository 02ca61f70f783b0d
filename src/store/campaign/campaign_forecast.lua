-- (after events.lua, look.lua) When a campaign will be done, as the leader sees it now. That its deadline is in danger is told
-- once, when it begins to be; and when it is over.
--
-- KEYS  1 c:{id}
-- ARGV  1 early   2 likely   3 late   4 now [wall ms]   5 '1': its deadline is in danger
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
local was = redis.call('HGET', KEYS[1], 'in_danger') or '0'
redis.call('HSET', KEYS[1], 'eta_early_ms', ARGV[1], 'eta_ms', ARGV[2], 'eta_late_ms', ARGV[3], 'eta_seen_ms', ARGV[4],
  'in_danger', ARGV[5])
if was ~= ARGV[5] then tell_status(KEYS[1], ARGV[5] == '1' and 'late' or 'in_time') end
return 1
