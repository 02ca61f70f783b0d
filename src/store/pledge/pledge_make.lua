-- (after pledge_common.lua) Somebody comes to a session: one pledge of a person, however often it is said.
--
-- ARGV  1 prefix   2 now [wall ms]   3 session   4 person, or '': the one of the conversation   5 group or ''   6 by   7 way   8 name
--       9 gateway or ''   10 sender   11 pledges of a session at most   12 of a person   13 campaign whose text
--       told them of that session, or 0   14 their index   15 conversation or 0   16 groups whose conversations they may see: '' = all,
--       ',a,b,' = these
-- Returns what make says.
local ask = {session = ARGV[3], person = ARGV[4], group = ARGV[5], by = ARGV[6], way = ARGV[7], name = ARGV[8], gateway = ARGV[9], sender = ARGV[10],
  bounds = {session = tonumber(ARGV[11]), person = tonumber(ARGV[12])}, campaign = ARGV[13] ~= '0' and ARGV[13] or nil,
  index = tonumber(ARGV[14])}

if ARGV[15] ~= '0' then
  local c = person_of(ARGV[15], ARGV[16])
  if not c then return {'missing'} end
  ask.person, ask.group, ask.gateway, ask.sender = c[1], c[2], c[3] or '', c[4] or ''
  if ask.name == '' then ask.name = c[5] or '' end
end
return make(ask)
