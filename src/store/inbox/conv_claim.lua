-- (after events.lua, conv_common.lua, conv_queue.lua, conv_team.lua) A lease on a conversation. Its fence is a number that only grows: an answer
-- under an older one is refused by conv_reply.lua. Claiming again what one holds renews it under the same
-- fence, so that a form sent twice does no harm. Whoever takes over has it at once, and the one from whom it was taken is told.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 lease [ms]   7 '1': also from others
--       8 groups whose escalated people they may have (conv_common.lua)
-- Returns {"ok", by, until, fence}, or {why not}: missing, held (and by, until, fence), escalated
local prefix, now, id, who = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local conv = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local by, until_ms, fence = holder(conv, now)
local escalated = has_tag(redis.call('HGET', conv, 'tags') or '', ESCALATE)
if by ~= who and escalated and not conversation(prefix, id, ARGV[8]) then return {'escalated'} end
if by and by ~= who then
  if ARGV[7] ~= '1' then return {'held', by, until_ms, fence} end
  redis.call('HSET', conv, 'taken_from', by)
  team(prefix, id, 'taken', who, now, '', by)
end
return {'ok', who, take(prefix, id, who, now, ARGV[6])}
