-- (after events.lua, conv_common.lua, conv_queue.lua) A lease on a conversation. Its fence is a number that only grows: an answer
-- under an older one is refused by conv_reply.lua. Claiming again what one holds renews it under the same
-- fence, so that a form sent twice does no harm.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 lease [ms]
-- Returns {"ok", by, until, fence}, or {why not}: missing, held (and by, until, fence)
local conv = conversation(ARGV[1], ARGV[3], ARGV[4])
if not conv then return {'missing'} end
local by, until_ms, fence = holder(conv, ARGV[2])
if by and by ~= ARGV[5] then return {'held', by, until_ms, fence} end
return {'ok', ARGV[5], take(ARGV[1], ARGV[3], ARGV[5], ARGV[2], ARGV[6])}
