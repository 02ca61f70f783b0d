-- (after optouts.lua, mark.lua, audit.lua, events.lua, conv_common.lua, conv_queue.lua, conv_team.lua, conv_tags.lua, person_common.lua) A person decides about somebody who is held, because what they wrote sounded like
-- an opt-out: taken off the list (suppressed for the whole organisation; their thread leaves the inbox), or kept. Whoever may
-- answer them may decide, but not while somebody else holds the conversation.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 off | keep   7 suppression record (JSON) for
--       where no hold tells what they wrote   8 the same as 5, as an actor   9 how long taking off can be undone [ms]
-- Returns {"ok", were they held 0|1, the mark, what was told}, or {why not}: missing, held (and by, until, fence: by somebody's claim), nobody: it is
--       no one person's thread
local prefix, now, id, by, off = ARGV[1], ARGV[2], ARGV[3], ARGV[5], ARGV[6] == 'off'
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local claimed, until_ms, fence = holder(conv, now)
if claimed and claimed ~= by then return {'held', claimed, until_ms, fence} end
local c = redis.call('HMGET', conv, 'number', 'who')
local key, who = c[1], c[2] or 'number'
if who ~= 'number' and who ~= 'user_id' and who ~= 'name' then return {'nobody'} end

local what = 'conversation ' .. id .. (off and ' taken off the list' or ' kept on the list')
local held, record, keys, holds = 0, ARGV[7], spellings(prefix, key), {}
for _, k in ipairs(keys) do
  local was = end_hold(prefix, k, now, 'manual')
  if was then
    holds[k] = was
    held, record = 1, (string.gsub(was, '"reason":"near_stop"', '"reason":"stop"', 1))
    audit(prefix .. 'audit', {at_ms = now, who = ARGV[8], group = group, what = what, whom = k, was = was})
  end
end
-- What this has set, and nobody before, can be undone for a while (conv_undo_off.lua). The note goes as soon as anybody says again that
-- they must not be texted (person_common.lua, suppress_set.lua).
local function note_undo(k, t)
  local note = prefix .. 'undo_off:' .. k
  redis.call('HSET', note, 'conv', id, 'by', by, 'until_ms', string.format('%.0f', now + ARGV[9]), 'record', record, 'held', holds[k] or '',
    'state', t[1] or 'closed', 'waiting_ms', t[2] or '0', 'last_in_ms', t[3] or '0', 'claimed', claimed and '1' or '')
  redis.call('PEXPIRE', note, ARGV[9])
end

if off then
  local thread = redis.call('HMGET', conv, 'state', 'waiting_ms', 'last_in_ms')
  for _, k in ipairs(keys) do
    if suppress(prefix, 'all', k, record, now) == 1 then note_undo(k, thread) end
  end
  leave_inbox(prefix, group, key)
else
  retag(prefix, id, '', 'maybe_opt_out', now)
  queue(prefix, id, now)
end
team(prefix, id, off and 'off' or 'kept', by, now, '')
if held == 0 then audit(prefix .. 'audit', {at_ms = now, who = ARGV[8], group = group, what = what}) end
tell(prefix, 'conversation', id, group, off and 'off_list' or 'kept', by)
return {'ok', held, mark_move(prefix .. 'store'), take_told()}
