-- (after mark.lua) Lets a number be texted again; who did it and why is kept for ever, with the record that was removed.
--
-- KEYS  1 s:{scope}   2 suppress:audit   3 store
-- ARGV  1 number   2 audit entry up to its last field: '{…,"was":'
-- Returns the mark, or 0 when the number was not suppressed.
local was = redis.call('HGET', KEYS[1], ARGV[1])
if not was then return 0 end
redis.call('HDEL', KEYS[1], ARGV[1])
redis.call('RPUSH', KEYS[2], ARGV[2] .. was .. '}')
return mark_move(KEYS[3])
