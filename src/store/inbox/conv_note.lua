-- (after events.lua, conv_common.lua, conv_team.lua) A note of the team: it stands in the thread and is never sent.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 text
-- Returns {"ok"}, or {"missing"}
local conv, group = conversation(ARGV[1], ARGV[3], ARGV[4])
if not conv then return {'missing'} end
team(ARGV[1], ARGV[3], 'note', ARGV[5], ARGV[2], ARGV[6])
tell(ARGV[1], 'conversation', ARGV[3], group, 'noted', ARGV[5])
return {'ok'}
