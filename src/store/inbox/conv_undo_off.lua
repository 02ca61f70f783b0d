-- (after optouts.lua, mark.lua, audit.lua, events.lua, conv_common.lua, conv_queue.lua, conv_team.lua, conv_tags.lua, person_common.lua) Somebody was taken off the list by
-- mistake: what that has set is lifted, and a hold that it ended is there again. What they say themselves, or a list, or an
-- organiser, is never undone by it: conv_hold.lua notes what it has set and nobody before, and who says it again takes the note away.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 groups in which they may undo what others did
--       7 lease [ms] of a claim that comes back   8 the same as 5, as an actor
-- Returns {"ok", 1, the mark, what was told}, or {why not}: missing, over: there is nothing to undo (any more), others (and who)
local prefix, now, id, by = ARGV[1], ARGV[2], ARGV[3], ARGV[5]
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local key = redis.call('HGET', conv, 'number') or ''

-- By field; nil: there is nothing to undo about that key.
local function note_of(k)
  local flat, note = redis.call('HGETALL', prefix .. 'undo_off:' .. k), {}
  for i = 1, #flat, 2 do note[flat[i]] = flat[i + 1] end
  if note.conv ~= id or tonumber(note.until_ms) <= tonumber(now) then return nil end
  return redis.call('HGET', prefix .. 's:all', k) == note.record and note
end

local first = note_of(key)
if not first then return {'over'} end
if first.by ~= by and not conversation(prefix, id, ARGV[6]) then return {'others', first.by} end

for _, k in ipairs(spellings(prefix, key)) do
  local note = note_of(k)
  if note then
    redis.call('HDEL', prefix .. 's:all', k)
    redis.call('DEL', prefix .. 'undo_off:' .. k)
    tell_optout('lift', 'all', k, now, 'manual')
    if note.held ~= '' then suppress(prefix, 'hold', k, note.held, said_ms(note.held)) end
    audit(prefix .. 'audit', {at_ms = now, who = ARGV[8], group = group, what = 'conversation ' .. id .. ' put back on the list', whom = k, was = note.record})
  end
end

-- The thread as it was, unless they wrote since.
local c = redis.call('HMGET', conv, 'last_in_ms', 'state')
if c[1] == first.last_in_ms and c[2] == 'closed' and first.state == 'open' then
  redis.call('HSET', conv, 'waiting_ms', first.waiting_ms)
  place(prefix, id, group, 'open', c[1])
  if first.claimed ~= '' and first.by == by then take(prefix, id, by, now, ARGV[7]) end
end
queue(prefix, id, now)
team(prefix, id, 'back', by, now, '')
tell(prefix, 'conversation', id, group, 'back_on_list', by)
return {'ok', 1, mark_move(prefix .. 'store'), take_told()}
