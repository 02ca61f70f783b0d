-- (after direct_common.lua, conv_common.lua, person_common.lua) One event about a person: for STOP the suppression with its
-- one confirmation, the conversation, what is known of who they are, and the event's identity. The webhook is answered
-- 200 only after this; the same event again changes nothing.
--
-- A script that fails half-way (a key of the wrong kind) stays half done and is tried again: the suppression comes
-- first, the message that a second try would append twice late, and that the event is known last of all.
--
-- ARGV  1 prefix   2 now [wall ms]   3 when it happened [wall ms]   4 gateway   5 identity of the event   6 how long
--       it is kept [ms]   7 text | stop | start | help, or what asks for nothing: note | reaction | revoked | change, or
--       echo: ours, written elsewhere   8 group   9 key as the door read it   10 key after a look at spellings   11 what
--       the key is: number | user_id | name | doubtful | chat | nobody   12 '1': the gateway takes user ids
--       13, 14 user id and parent id that came along, or ''   15, 16 of a change: new key and new user id, or ''
--       17 the number or name they wrote to   18 the person's name or ''   19 campaign or 0   20 message (JSON)
--       21 tags, with commas   22 automatic answer or ''   23 scope of a STOP   24 suppression record (JSON)
--       25 messages kept   26 HELP is answered at most once in so long [ms]   27 conversations of strangers at most
--       28 messages of one stranger kept in an hour   29 '1': it sounds like STOP, and holds
-- Returns {"duplicate", id}, or {"stored", id, suppressed now 0|1, suppressions lifted, index of the
--       automatic answer or -1, not kept 0|1: only counted}
local prefix, now, at, kind, group = ARGV[1], ARGV[2], ARGV[3], ARGV[7], ARGV[8]
local raw, key, who, ids = ARGV[9], ARGV[10], ARGV[11], {ARGV[13], ARGV[14]}
local OTHERS, HOUR_MS = '~others', 3600000
local seen = prefix .. 'seen:' .. ARGV[5]
local known = redis.call('GET', seen)
if known then return {'duplicate', tonumber(known)} end

-- ---- who it is
if who == 'user_id' then
  local other = linked(prefix, ids)
  if other then key, raw, who = other, other, is_number(other) and 'number' or who end
end
local is_person = who == 'number' or who == 'user_id' or who == 'name'
local asks = kind == 'text' or kind == 'stop' or kind == 'start' or kind == 'help'
local there = redis.call('HGET', prefix .. 'convof:' .. group, key)
local stranger = ARGV[19] == '0' and not (there and redis.call('HEXISTS', prefix .. 'conv:' .. there, 'campaign') == 1)
local beyond = stranger and not there and redis.call('ZCARD', prefix .. 'strangers') >= tonumber(ARGV[27])

-- ---- what it says about being texted; a wrong time must not undo what was said later
local suppressed, lifted, late = 0, 0, false
if kind == 'stop' and is_person then
  late = second(redis.call('HGET', prefix .. 'started', key)) > second(at)
  for _, k in ipairs(late and {} or spellings(prefix, key, raw)) do
    suppressed = math.max(suppressed, suppress(prefix, ARGV[23], k, ARGV[24], at))
  end
end

-- What sounds like it keeps them out of further campaigns until somebody has decided; their own STOP or START is a
-- decision.
if is_person and not beyond and (ARGV[29] == '1' or kind == 'stop') then
  for _, k in ipairs(spellings(prefix, key, raw)) do
    if kind == 'stop' then
      redis.call('HDEL', prefix .. 's:hold', k)
    elseif second(redis.call('HGET', prefix .. 'started', k)) <= second(at) then
      suppress(prefix, 'hold', k, ARGV[24], at)
    end
  end
end

-- The person's own word lifts what they or a list said, never what one of us decided.
local function lift(scope, k)
  local was = redis.call('HGET', prefix .. 's:' .. scope, k)
  if not was or string.find(was, '"reason":"manual"', 1, true) or second(said_ms(was)) > second(at) then return end
  redis.call('HDEL', prefix .. 's:' .. scope, k)
  redis.call('RPUSH', prefix .. 'suppress:audit', '{"action":"suppress.remove","scope":"' .. scope ..
    '","number":' .. cjson.encode(k) .. ',"by":"the person","why":"START","at_ms":' .. now .. ',"was":' .. was .. '}')
  lifted = lifted + 1
end
if kind == 'start' and is_person then
  for _, k in ipairs(spellings(prefix, key, raw)) do
    for _, scope in ipairs({'all', 'hold', group}) do lift(scope, k) end
  end
  if tonumber(at) > tonumber(redis.call('HGET', prefix .. 'started', key) or '0') and not beyond then
    redis.call('HSET', prefix .. 'started', key, at)
  end
end

-- ---- which thread: a new number takes everything along; beyond the bound strangers share one
local changed_to = ARGV[15]
if kind == 'change' and not beyond then
  if is_number(key) and not is_number(changed_to) then
    -- Only the id is new, or the new number is not told yet: a STOP by the new id must still stop the number of the list.
    if ARGV[16] ~= '' then ids = {ARGV[16], ids[2]} end
    learn(prefix, group, key, ids)
  elseif changed_to ~= '' and changed_to ~= key then
    if ARGV[16] ~= '' then learn(prefix, group, changed_to, {ARGV[16]}) end
    adopt(prefix, group, key, changed_to)
    learn(prefix, group, changed_to, ids)
    key, who = changed_to, is_number(changed_to) and 'number' or 'user_id'
  end
elseif not beyond and (who == 'number' or who == 'user_id') then
  learn(prefix, group, key, ids)
end
local thread = beyond and OTHERS or key
local id = redis.call('HGET', prefix .. 'convof:' .. group, thread)
local fresh = not id
if fresh then
  id = tostring(redis.call('INCR', prefix .. 'id:conv'))
  redis.call('HSET', prefix .. 'convof:' .. group, thread, id)
  redis.call('SADD', prefix .. 'groups', group)
  redis.call('HSET', prefix .. 'conv:' .. id, 'group', group, 'number', thread, 'who', beyond and 'others' or who,
    'created_ms', now, 'claim_fence', 0, 'unread', 0, 'waiting_ms', 0, 'last_in_ms', 0, 'last_out_ms', 0)
end
local conv = prefix .. 'conv:' .. id

-- One stranger has so much room in an hour; what is more is counted, in one line.
local function beyond_hour()
  if not stranger or beyond or not asks then return 0 end
  local hour = tostring(math.floor(now / HOUR_MS))
  local h = redis.call('HMGET', conv, 'hour', 'hour_n')
  local n = h[1] == hour and tonumber(h[2]) + 1 or 1
  redis.call('HSET', conv, 'hour', hour, 'hour_n', n)
  return math.max(0, n - tonumber(ARGV[28]))
end
local more = beyond_hour()
if more > 0 and suppressed + lifted == 0 then
  local line = '{"dir":"in","kind":"bound","by":"","at_ms":' .. at .. ',"text":"","n":' .. more .. '}'
  local last = redis.call('LINDEX', conv .. ':m', -1) or ''
  if more > 1 and string.find(last, '{"dir":"in","kind":"bound"', 1, true) == 1 then
    redis.call('LSET', conv .. ':m', -1, line)
  else
    append(conv, line, tonumber(ARGV[25]))
  end
  return {'stored', tonumber(id), 0, 0, -1, 1}
end

-- ---- the conversation
redis.call('HSET', conv, 'gateway', ARGV[4], 'sender', ARGV[17], 'takes_id', ARGV[12])
if ids[1] ~= '' and (who == 'number' or who == 'user_id') and not beyond then redis.call('HSET', conv, 'user_id', ids[1]) end
if ARGV[18] ~= '' and kind ~= 'echo' and not beyond then redis.call('HSET', conv, 'name', ARGV[18]) end
if ARGV[19] ~= '0' then redis.call('HSET', conv, 'campaign', ARGV[19]) end
if is_person and not beyond then redis.call('HSET', prefix .. 'groupof', key, group) end
if ARGV[21] ~= '' or kind == 'start' then retag(conv, ARGV[21], kind == 'start' and 'maybe_opt_out' or '') end
local last_in = math.max(tonumber(redis.call('HGET', conv, 'last_in_ms') or '0'), tonumber(at))
last_in = string.format('%.0f', last_in)

if kind == 'echo' then
  larger(conv, 'last_out_ms', at)
  -- what they wrote later still waits
  if second(at) >= second(redis.call('HGET', conv, 'last_in_ms')) then
    redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0)
  end
  if fresh then place(prefix, id, group, 'closed', at) end
elseif kind == 'stop' and is_number(thread) then
  -- A STOP asks for nothing: it leaves the inbox, and the thread keeps it.
  redis.call('HSET', conv, 'last_in_ms', last_in)
  if not late then redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0, 'claimed_by', '') end
  if not late or fresh then place(prefix, id, group, 'closed', last_in) end
elseif asks then
  redis.call('HSET', conv, 'last_in_ms', last_in)
  redis.call('HINCRBY', conv, 'unread', 1)
  if who ~= 'chat' and redis.call('HGET', conv, 'waiting_ms') == '0' then redis.call('HSET', conv, 'waiting_ms', at) end
  place(prefix, id, group, 'open', last_in)
elseif fresh then
  redis.call('HSET', conv, 'last_in_ms', last_in)
  place(prefix, id, group, 'closed', last_in)
end
if stranger then redis.call('ZADD', prefix .. 'strangers', now, id) else redis.call('ZREM', prefix .. 'strangers', id) end

-- What a campaign brought back: people who wrote, each once, and people who left.
local campaign = prefix .. 'c:' .. ARGV[19]
if asks and who ~= 'chat' and ARGV[19] ~= '0' and redis.call('EXISTS', campaign) == 1 then
  if redis.call('HGET', conv, 'replied_to') ~= ARGV[19] then
    redis.call('HSET', conv, 'replied_to', ARGV[19])
    redis.call('HINCRBY', campaign, 'replies', 1)
  end
  redis.call('HINCRBY', campaign, 'stops', suppressed)
end

local message = ARGV[20]
if beyond or kind == 'change' then message = '{"from":' .. cjson.encode(raw) .. ',' .. string.sub(message, 2) end
if kind == 'change' then message = '{"to":' .. cjson.encode(changed_to ~= '' and changed_to or key) .. ',' .. string.sub(message, 2) end
append(conv, message, tonumber(ARGV[25]))
local function done(answer_index)
  -- the identities of what strangers say are many: beyond the bound they are kept for as long as a provider retries
  redis.call('SET', seen, id, 'PX', beyond and math.min(tonumber(ARGV[6]), HOUR_MS) or ARGV[6])
  return {'stored', tonumber(id), suppressed, lifted, answer_index, 0}
end

local helped = tonumber(redis.call('HGET', conv, 'help_ms') or '0')
local reachable = who == 'number' or (who == 'user_id' and ARGV[12] == '1')
local answer = ARGV[22] ~= '' and reachable and
  ((kind == 'stop' and suppressed == 1) or
   (kind == 'help' and (helped == 0 or tonumber(now) - helped >= tonumber(ARGV[26]))))
if not answer then return done(-1) end
if kind == 'help' then redis.call('HSET', conv, 'help_ms', now) end
local index = direct_allot(prefix, now, {'conv', id, 'group', group, 'to', key, 'gateway', ARGV[4],
  'sender', ARGV[17], 'text', ARGV[22], 'kind', 'confirm', 'by', ''})
append(conv, '{"i":' .. index .. ',"dir":"out","kind":"confirm","by":"","at_ms":' .. now .. ',"text":' ..
  cjson.encode(ARGV[22]) .. '}', tonumber(ARGV[25]))
return done(index)
