-- (after optouts.lua, mark.lua, audit.lua, events.lua, conv_common.lua, conv_queue.lua, conv_team.lua, conv_tags.lua, person_common.lua,
-- consent_take.lua) A person wants no more of one thing and stays on the list for the rest, or wants it again. Whoever may answer them may note
-- it, but not while somebody else holds the conversation. Who is held for what they wrote ("no more newsletters please" sounds like STOP) is held
-- no longer: this is the decision.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 word   7 "1": they want it again
--       8 why; "": their last words   9 the same as 5, as an actor   10 groups in which they may undo what others noted
-- Returns {"ok", did it change anything 0|1, the mark, what was told}, or {why not}: missing, held (and by, until, fence: by somebody's
--       claim), nobody: it is no one person's thread, others (and who noted it), many: so many other words are in use
local prefix, now, id, by, word, again = ARGV[1], ARGV[2], ARGV[3], ARGV[5], ARGV[6], ARGV[7] == '1'
local conv, group = conversation(prefix, id, ARGV[4])
if not conv then return {'missing'} end
local claimed, until_ms, fence = holder(conv, now)
if claimed and claimed ~= by then return {'held', claimed, until_ms, fence} end
local c = redis.call('HMGET', conv, 'number', 'said', 'said_by')
if not is_number(c[1] or '') then return {'nobody'} end
if not again and not no_more_has_room(prefix, word) then return {'many'} end

local why = ARGV[8] ~= '' and ARGV[8] or (c[3] or '') == '' and c[2] or ''
local keys, changed = spellings(prefix, c[1]), 0

-- What another group noted is not theirs to give again, and what another member noted only where they may undo it.
local function whose(record)
  local kept = cjson.decode(record)
  if kept.group ~= group then return kept.group == '' and 'more than one group' or 'another group' end
  if kept.by ~= by and not conversation(prefix, id, ARGV[10]) then return kept.by end
end

local function give(k)
  local was = redis.call('HGET', prefix .. 'withdrawn:' .. word, k)
  if not was then return end
  changed = changed + more_again(prefix, k, word, now, 'manual')
  audit(prefix .. 'audit', {at_ms = now, who = ARGV[9], group = group, what = 'conversation ' .. id .. ' wants ' .. word .. ' again', why = why,
    whom = k, was = was})
end

local held = false
local function keep(k)
  local was = end_hold(prefix, k, now, 'manual')
  if not was then return end
  held = true
  audit(prefix .. 'audit', {at_ms = now, who = ARGV[9], group = group, what = 'conversation ' .. id .. ' kept on the list, but for ' .. word,
    whom = k, was = was})
end

for _, k in ipairs(keys) do
  local was = again and redis.call('HGET', prefix .. 'withdrawn:' .. word, k)
  local others = was and whose(was)
  if others then return {'others', others} end
end
for _, k in ipairs(keys) do
  if again then
    give(k)
  else
    keep(k)
    changed = changed + no_more(prefix, k, word, cjson.encode({by = by, why = why, group = group, at_ms = tonumber(now)}))
  end
end
if held then
  retag(prefix, id, '', 'maybe_opt_out', now)
  queue(prefix, id, now)
end
if changed > 0 or held then
  team(prefix, id, again and 'again' or 'no_more', by, now, word)
  tell(prefix, 'conversation', id, group, again and 'again' or 'no_more', by)
  if not again then audit(prefix .. 'audit', {at_ms = now, who = ARGV[9], group = group, what = 'conversation ' .. id .. ' wants no more ' .. word, why = why}) end
end
return {'ok', (changed > 0 or held) and 1 or 0, mark_move(prefix .. 'store'), take_told()}
