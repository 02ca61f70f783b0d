-- (after optouts.lua, mark.lua) Lets a number be texted again; who did it and why is kept for ever, with the record that was removed.
--
-- KEYS  1 s:{scope}   2 suppress:audit   3 store
-- ARGV  1 number   2 audit entry up to its last field: '{…,"was":'
--       3 scope   4 now [wall ms]
-- Returns {1, the mark, what was told}, or {0} when the number was not suppressed.
local was = redis.call('HGET', KEYS[1], ARGV[1])
if not was then return {0} end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('RPUSH', KEYS[2], ARGV[2] .. was .. '}')
tell('lift', ARGV[3], ARGV[1], ARGV[4], 'manual')
return {1, mark_move(KEYS[3]), take_told()}
