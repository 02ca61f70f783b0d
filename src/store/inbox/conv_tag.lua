-- (after events.lua, conv_common.lua) Adds and removes labels.
--
-- ARGV  1 prefix   2 id   3 groups allowed (conv_common.lua)   4 to add, with commas   5 to remove, with commas
-- Returns {"ok", tags}, or {"missing"}
local conv = conversation(ARGV[1], ARGV[2], ARGV[3])
if not conv then return {'missing'} end
tell_of(ARGV[1], ARGV[2], 'tagged')
return {'ok', retag(conv, ARGV[4], ARGV[5])}
