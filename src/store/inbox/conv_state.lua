-- (after events.lua, conv_common.lua, conv_queue.lua) Closes or reopens a conversation; closing gives the claim back. Not while
-- somebody else holds it. The next inbound message opens it again by itself.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 open | closed
-- Returns {"ok"}, or {why not}: missing, held (and by, until, fence)
local conv, group = conversation(ARGV[1], ARGV[3], ARGV[4])
if not conv then return {'missing'} end
local by, until_ms, fence = holder(conv, ARGV[2])
if by and by ~= ARGV[5] then return {'held', by, until_ms, fence} end
if ARGV[6] == 'closed' then
  redis.call('HSET', conv, 'claimed_by', '', 'claim_until_ms', 0, 'unread', 0, 'waiting_ms', 0)
end
place(ARGV[1], ARGV[3], group, ARGV[6], redis.call('HGET', conv, 'last_in_ms'))
queue(ARGV[1], ARGV[3], ARGV[2])
tell(ARGV[1], 'conversation', ARGV[3], group, ARGV[6] == 'closed' and 'closed' or 'opened', ARGV[5])
return {'ok'}
