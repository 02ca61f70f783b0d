-- (after events.lua, optouts.lua, mark.lua, audit.lua) Lets a number be texted again; who did it and why is kept for ever, with the record that
-- was removed.
--
-- KEYS  1 s:{scope}   2 audit   3 store
-- ARGV  1 number   2 scope   3 now [wall ms]   4 who (actor)   5 why
-- Returns {1, the mark, what was told}, or {0} when the number was not suppressed.
local was = redis.call('HGET', KEYS[1], ARGV[1])
if not was then return {0} end
redis.call('HDEL', KEYS[1], ARGV[1])
local group = group_of_scope(ARGV[2])
audit(KEYS[2], {at_ms = ARGV[3], who = ARGV[4], group = group, what = 'suppression lifted: ' .. ARGV[2], why = ARGV[5], whom = ARGV[1], was = was})
tell((string.gsub(KEYS[3], 'store$', '')), 'optout', ARGV[2], group, 'removed', ARGV[4])
tell_optout('lift', ARGV[2], ARGV[1], ARGV[3], 'manual')
return {1, mark_move(KEYS[3]), take_told()}
