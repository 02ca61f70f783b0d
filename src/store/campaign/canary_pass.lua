-- (after events.lua, look.lua, audit.lua) The first few of a campaign did well: the others follow. Nothing when somebody was quicker.
--
-- KEYS  1 campaign  2 audit
-- ARGV  1 now [wall ms]   2 campaign id   3 who
-- Returns 1, or 0: there is no canary (any more)
local n = redis.call('HGET', KEYS[1], 'canary')
if (n or '0') == '0' then return 0 end
redis.call('HSET', KEYS[1], 'canary', 0, 'canary_done_ms', ARGV[1])
audit(KEYS[2], {at_ms = ARGV[1], who = ARGV[3], group = redis.call('HGET', KEYS[1], 'group') or '',
  what = 'campaign ' .. ARGV[2] .. ' goes on after its first ' .. n, why = 'they did well'})
look_at(KEYS[1], 0)
tell_status(KEYS[1], redis.call('HGET', KEYS[1], 'status'), ARGV[3])
return 1
