-- (after pledge_common.lua) Somebody comes to a session: one pledge of a person, however often it is said.
--
-- ARGV  1 prefix   2 now [wall ms]   3 session   4 person   5 group or ''   6 by   7 way   8 name   9 gateway or ''   10 sender   11 '1': the
--       session was offered to them   12 pledges of a session at most   13 of a person
-- Returns what make says.
return make({session = ARGV[3], person = ARGV[4], group = ARGV[5], by = ARGV[6], way = ARGV[7], name = ARGV[8], gateway = ARGV[9], sender = ARGV[10],
  offered = ARGV[11] == '1', bounds = {session = tonumber(ARGV[12]), person = tonumber(ARGV[13])}})
