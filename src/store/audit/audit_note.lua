-- (after audit.lua) An entry about what no script of its own did.
--
-- KEYS  1 audit
-- ARGV  1 now [wall ms]   2 who (actor)   3 what   4 why   5 group   6 "1": routine   7 the conversation whose group it is, in place
--       of 5; 0: none
local group = ARGV[7] ~= '0' and redis.call('HGET', (string.gsub(KEYS[1], 'audit$', 'conv:' .. ARGV[7])), 'group') or ARGV[5]
audit(KEYS[1], {at_ms = ARGV[1], who = ARGV[2], what = ARGV[3], why = ARGV[4], group = group, routine = ARGV[6] == '1'})
return 1
