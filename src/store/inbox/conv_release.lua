-- (after events.lua, conv_common.lua, conv_queue.lua) Gives a claim back. Nothing to give back is fine.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by
-- Returns {"ok"}, or {why not}: missing, held (and by, until, fence: it is somebody else's)
local conv = conversation(ARGV[1], ARGV[3], ARGV[4])
if not conv then return {'missing'} end
local by, until_ms, fence = holder(conv, ARGV[2])
if by and by ~= ARGV[5] then return {'held', by, until_ms, fence} end
let_go(ARGV[1], ARGV[3], ARGV[2])
return {'ok'}
