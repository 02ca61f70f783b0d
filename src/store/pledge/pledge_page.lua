-- (after pledge_common.lua) Pledges of a session by their numbers.
--
-- ARGV  1 prefix   2 now   3 session   4 from this number on   5 at most so many
-- Returns what view says.
return view(ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5]), function(_, _) return true end)
