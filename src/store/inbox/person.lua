-- (after direct_common.lua, conv_common.lua, person_common.lua, person_find.lua) Who is this?
--
-- ARGV  1 prefix   2 key   3 how many campaigns to look at, newest first   4 this one does not count, 0 = all do
--       5 gateway that they write to, '' = any   6 the number or name that they write to   7 group of the gateway's own
--       inbox or ''   8, 9 user ids that came along, or ''   10… older spellings of the key
-- Returns {campaign, group, audience, index, key}
local prefix, key, older = ARGV[1], ARGV[2], {unpack(ARGV, 10)}
if not is_number(key) then key, older = linked(prefix, {ARGV[8], ARGV[9]}) or key, {} end
local p = find_person(prefix, {key = key, older = older, campaigns = ARGV[3], but = ARGV[4], gateway = ARGV[5],
  sender = ARGV[6], own = ARGV[7]})
return {tonumber(p.campaign), p.group, p.audience, p.index, p.key}
