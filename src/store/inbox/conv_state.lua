-- (after events.lua, conv_common.lua, conv_queue.lua, conv_team.lua) Closes or reopens a conversation; closing gives the claim back. Not while
-- somebody else holds it. The next inbound message opens it again by itself. Whoever reopens what they have closed has it
-- back as it was: their claim, and the person's place among those who wait.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 open | closed   7 lease [ms] of a claim
--       that comes back
-- Returns {"ok"}, or {why not}: missing, held (and by, until, fence)
local prefix, now, id, who = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local by, until_ms, fence = holder(conv, now)
if by and by ~= who then return {'held', by, until_ms, fence} end
local c = redis.call('HMGET', conv, 'state', 'waiting_ms', 'unread', 'last_in_ms', 'closed_by', 'closed_waiting_ms', 'closed_last_in_ms')
local was_open = c[1] == 'open'

local function close()
  redis.call('HSET', conv, 'claimed_by', '', 'claim_until_ms', 0, 'unread', 0, 'waiting_ms', 0)
  end_handing(conv)
  if was_open then
    redis.call('HSET', conv, 'closed_by', by and who or '', 'closed_waiting_ms', c[2] or '0', 'closed_last_in_ms', c[4] or '0')
  end
end

local function reopen()
  if c[7] ~= c[4] then return end -- they wrote since
  redis.call('HSET', conv, 'waiting_ms', c[6] or '0')
  if c[5] == who then take(prefix, id, who, now, ARGV[7]) end
end

if ARGV[6] == 'closed' then close() elseif not was_open then reopen() end
if was_open == (ARGV[6] == 'closed') then team(prefix, id, was_open and 'closed' or 'reopened', who, now, '') end
place(prefix, id, group, ARGV[6], c[4] or '0')
queue(prefix, id, now)
tell(prefix, 'conversation', id, group, ARGV[6] == 'closed' and 'closed' or 'opened', who)
return {'ok'}
