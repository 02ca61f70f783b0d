-- (after pledge_common.lua) Somebody does not come after all; who waits first moves up.
--
-- ARGV  1 prefix   2 now [wall ms]   3 session   4 number   5 by   6 '1': they are told
-- Returns what cancel says.
return cancel(ARGV[3], ARGV[4], ARGV[5], ARGV[6] == '1')
