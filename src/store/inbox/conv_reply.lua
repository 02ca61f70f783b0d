-- (after direct_common.lua, events.lua, conv_common.lua, conv_queue.lua) A person's answer: refused unless its claim stands now and
-- the person may be texted; else it gets its index in the direct book and its place in the thread.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 fence   7 lease [ms]
--       8 what tells this answer from others of the same claim, or ''   9 message (JSON, without index)
--       10 text   11 messages kept   12 how many messages of theirs (`heard`) the writer has seen, or '': that does not matter
--       13 the beginning of the text, for lists   14 the template that says it (JSON), or ''   15 the account that has it
-- Returns {"ok", index, group, loan}: recorded now, or {"again", index}: the same answer (8) was recorded before;
--       or {why not}: missing, suppressed (and scope, record), stale (and by, until, fence of who holds it, if anybody), taken (the
--       same: they took it over from the writer), unreachable (and what they are: nothing can be sent there), window (and when
--       the time in which the channel takes answers ended), written (and `heard`: they have written since),
--       elsewhere: the template is another account's
local prefix, now, id = ARGV[1], ARGV[2], ARGV[3]
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local once = prefix .. 'replied:' .. id .. ':' .. ARGV[8]
local known = ARGV[8] ~= '' and redis.call('GET', once)
if known then return {'again', tonumber(known)} end

local to = redis.call('HMGET', conv, 'number', 'gateway', 'sender', 'heard', 'last_in_ms', 'window_ms', 'taken_from')
-- First of all: whoever said STOP while somebody writes has ended the claim, too.
for _, scope in ipairs({'all', group}) do
  local record = redis.call('HGET', prefix .. 's:' .. scope, to[1])
  if record then return {'suppressed', scope, record} end
end
local by, until_ms, fence = holder(conv, now)
if not by then return {'stale'} end
if by ~= ARGV[5] and to[7] == ARGV[5] then return {'taken', by, until_ms, fence} end
if by ~= ARGV[5] or fence ~= ARGV[6] then return {'stale', by, until_ms, fence} end
if not reachable(conv) then return {'unreachable', redis.call('HGET', conv, 'who')} end
local window = tonumber(to[6] or '0')
if ARGV[14] == '' and window > 0 and now - to[5] > window then return {'window', string.format('%.0f', to[5] + window)} end
if ARGV[12] ~= '' and tonumber(to[4] or '0') > tonumber(ARGV[12]) then return {'written', tonumber(to[4])} end
if ARGV[14] ~= '' and ARGV[15] ~= to[2] then return {'elsewhere'} end

local fields = {'conv', id, 'group', group, 'to', to[1], 'gateway', to[2], 'sender', to[3], 'text', ARGV[10],
  'kind', 'reply', 'by', by}
if ARGV[14] ~= '' then fields[#fields + 1], fields[#fields + 2] = 'held', ARGV[14] end
local index = direct_allot(prefix, now, fields)
append(conv, '{"i":' .. index .. ',' .. string.sub(ARGV[9], 2), tonumber(ARGV[11]))
if ARGV[8] ~= '' then redis.call('SET', once, index, 'PX', 86400000) end
redis.call('HSET', conv, 'last_answer', index, 'last_out_ms', now, 'unread', 0, 'waiting_ms', 0, 'said', ARGV[13], 'said_by', by,
  'claim_until_ms', string.format('%.0f', now + ARGV[7]))
redis.call('HDEL', conv .. ':d', by)
end_handing(conv)
queue(prefix, id, now)
tell(prefix, 'conversation', id, group, 'replied', by)
return {'ok', index, group, redis.call('HGET', conv, 'loan') or '0'}
