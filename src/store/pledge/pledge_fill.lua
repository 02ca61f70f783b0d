-- (after pledge_common.lua) There is more room than there was: those who wait move up.
--
-- ARGV  1 prefix   2 now   3 session
-- Returns how many did.
local s = decoded('sessions', ARGV[3])
return s and move_up(ARGV[3], s) or 0
