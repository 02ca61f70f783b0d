-- (after direct_common.lua, conv_common.lua, person_common.lua, person_find.lua) One event about a person: whose campaign
-- they answer, for STOP the suppression with its one confirmation, the conversation, what is known of who they are, and
-- the event's identity. The webhook is answered 200 only after this; the same event again changes nothing. This runs for
-- each webhook: the conversation is read once and written once.
--
-- A script that fails half-way (a key of the wrong kind) stays half done and is tried again: the suppression comes
-- first, the message that a second try would append twice late, and that the event is known last of all.
--
-- ARGV: store/inbox/inbound_names.h
-- Returns {"duplicate", id}, or {"stored", id, suppressed now 0|1, suppressions lifted, index of the automatic answer or
--       -1, not kept 0|1: only counted, audience and index of somebody whose name is not known yet, or 0, 0}
local prefix, now, at, kind, group = ARGV[PREFIX], ARGV[NOW], ARGV[AT], ARGV[KIND], ARGV[GROUP]
local key, who, ids = ARGV[KEY], ARGV[WHO], {ARGV[USER_ID], ARGV[PARENT_ID]}
local raw, OTHERS, HOUR_MS = key, '~others', 3600000
local seen = prefix .. 'seen:' .. ARGV[EVENT]
local known = redis.call('GET', seen)
if known then return {'duplicate', tonumber(known)} end

-- ---- who it is, and what they were asked
if who == 'user_id' then
  local other = linked(prefix, ids)
  if other then key, raw, who = other, other, is_number(other) and 'number' or who end
end
local person = {campaign = '0'}
if ARGV[CAMPAIGNS] ~= '0' then
  person = find_person(prefix, {key = key, older = {unpack(ARGV, OLDER)}, campaigns = ARGV[CAMPAIGNS], but = '0', gateway = ARGV[GATEWAY],
    sender = ARGV[SENDER], own = ARGV[OWN_GROUP]})
  if person.group ~= '' then group = person.group end
  if ARGV[WHO] == 'number' then key = person.key end
end
local asked = person.campaign ~= '0'
local is_person = who == 'number' or who == 'user_id' or who == 'name'
local asks = kind == 'text' or kind == 'stop' or kind == 'start' or kind == 'help'

-- ---- the conversation as it stands
local FIELDS = {'number', 'campaign', 'name', 'gateway', 'sender', 'takes_id', 'user_id', 'state', 'unread', 'waiting_ms', 'last_in_ms',
  'tags', 'replied_to', 'help_ms'}
local function read_conversation(id)
  local c, values = {}, id and redis.call('HMGET', prefix .. 'conv:' .. id, unpack(FIELDS)) or {}
  for i, field in ipairs(FIELDS) do c[field] = values[i] or nil end
  return c
end

local id = redis.call('HGET', prefix .. 'convof:' .. group, key)
local was = read_conversation(id)
local stranger = not asked and not was.campaign
local beyond = stranger and not id and redis.call('ZCARD', prefix .. 'strangers') >= tonumber(ARGV[STRANGERS_MAX])

-- ---- what it says about being texted; a wrong time must not undo what was said later
local suppressed, lifted, late = 0, 0, false
local function stop()
  late = second(redis.call('HGET', prefix .. 'started', key)) > second(at)
  for _, k in ipairs(spellings(prefix, key, raw)) do
    if not late then suppressed = math.max(suppressed, suppress(prefix, ARGV[SCOPE], k, ARGV[RECORD], at)) end
    -- Their own STOP is the decision that a hold waits for.
    if not beyond then redis.call('HDEL', prefix .. 's:hold', k) end
  end
end

-- What sounds like it keeps them out of further campaigns until somebody has decided.
local function hold()
  for _, k in ipairs(spellings(prefix, key, raw)) do
    if second(redis.call('HGET', prefix .. 'started', k)) <= second(at) then suppress(prefix, 'hold', k, ARGV[RECORD], at) end
  end
end

-- The person's own word lifts what they or a list said, never what one of us decided.
local function lift(scope, k)
  local record = redis.call('HGET', prefix .. 's:' .. scope, k)
  if not record or string.find(record, '"reason":"manual"', 1, true) or second(said_ms(record)) > second(at) then return end
  redis.call('HDEL', prefix .. 's:' .. scope, k)
  redis.call('RPUSH', prefix .. 'suppress:audit', '{"action":"suppress.remove","scope":"' .. scope ..
    '","number":' .. cjson.encode(k) .. ',"by":"the person","why":"START","at_ms":' .. now .. ',"was":' .. record .. '}')
  lifted = lifted + 1
end

local function start()
  for _, k in ipairs(spellings(prefix, key, raw)) do
    for _, scope in ipairs({'all', 'hold', group}) do lift(scope, k) end
  end
  if tonumber(at) > tonumber(redis.call('HGET', prefix .. 'started', key) or '0') and not beyond then
    redis.call('HSET', prefix .. 'started', key, at)
  end
end

if is_person and kind == 'stop' then stop() end
if is_person and kind ~= 'stop' and not beyond and ARGV[HOLDS] == '1' then hold() end
if is_person and kind == 'start' then start() end

-- ---- which thread: a new number takes everything along; beyond the bound strangers share one
local changed_to, names = ARGV[NEW_KEY], ids[1] ~= '' or ids[2] ~= ''
local function change()
  if is_number(key) and not is_number(changed_to) then
    -- Only the id is new, or the new number is not told yet: a STOP by the new id must still stop the number of the list.
    if ARGV[NEW_ID] ~= '' then ids = {ARGV[NEW_ID], ids[2]} end
    learn(prefix, group, key, ids)
  elseif changed_to ~= '' and changed_to ~= key then
    if ARGV[NEW_ID] ~= '' then learn(prefix, group, changed_to, {ARGV[NEW_ID]}) end
    adopt(prefix, group, key, changed_to)
    learn(prefix, group, changed_to, ids)
    key, who = changed_to, is_number(changed_to) and 'number' or 'user_id'
  end
end
if kind == 'change' and not beyond then
  change()
elseif names and not beyond and (who == 'number' or who == 'user_id') then
  learn(prefix, group, key, ids)
end
local thread = beyond and OTHERS or key
if beyond or kind == 'change' or names then
  id = redis.call('HGET', prefix .. 'convof:' .. group, thread)
  was = read_conversation(id)
end
-- `fresh`: it was never written; a try that failed half-way may have given it an id.
local new, fresh, set = not id, not was.number, {}

-- One write for all that changes of the conversation; of a field that is put twice the later value stands.
local function put(field, value)
  if was[field] == value then return end
  was[field] = value
  set[#set + 1] = field
  set[#set + 1] = value
end

if new then
  id = tostring(redis.call('INCR', prefix .. 'id:conv'))
  redis.call('HSET', prefix .. 'convof:' .. group, thread, id)
end
if fresh then
  redis.call('SADD', prefix .. 'groups', group)
  set = {'group', group, 'number', thread, 'who', beyond and 'others' or who, 'created_ms', now, 'claim_fence', '0',
    'unread', '0', 'waiting_ms', '0', 'last_in_ms', '0', 'last_out_ms', '0'}
  was.unread, was.waiting_ms, was.last_in_ms = '0', '0', '0'
end
local conv = prefix .. 'conv:' .. id
local function write()
  if #set > 0 then redis.call('HSET', conv, unpack(set)) end
end

-- One stranger has so much room in an hour; what is more is counted, in one line.
local function beyond_hour()
  if not stranger or beyond or not asks then return 0 end
  local hour = tostring(math.floor(now / HOUR_MS))
  local h = redis.call('HMGET', conv, 'hour', 'hour_n')
  local n = h[1] == hour and tonumber(h[2]) + 1 or 1
  put('hour', hour)
  put('hour_n', n)
  return math.max(0, n - tonumber(ARGV[STRANGER_PER_HOUR]))
end
local more = beyond_hour()
if more > 0 and suppressed + lifted == 0 then
  write()
  local line = '{"dir":"in","kind":"bound","by":"","at_ms":' .. at .. ',"text":"","n":' .. more .. '}'
  local last = redis.call('LINDEX', conv .. ':m', -1) or ''
  if more > 1 and string.find(last, '{"dir":"in","kind":"bound"', 1, true) == 1 then
    redis.call('LSET', conv .. ':m', -1, line)
  else
    append(conv, line, tonumber(ARGV[MESSAGES_MAX]))
  end
  return {'stored', tonumber(id), 0, 0, -1, 1, 0, 0}
end

-- ---- the conversation
put('gateway', ARGV[GATEWAY])
put('sender', ARGV[SENDER])
put('takes_id', ARGV[TAKES_ID])
if ids[1] ~= '' and (who == 'number' or who == 'user_id') and not beyond then put('user_id', ids[1]) end
local unnamed = asked and (was.campaign ~= person.campaign or not was.name)
if ARGV[NAME] ~= '' and kind ~= 'echo' and not beyond and not (asked and was.name) then put('name', ARGV[NAME]) end
if not asked or kind == 'echo' then unnamed = false end
if is_person and not beyond and (fresh or redis.call('HGET', prefix .. 'groupof', key) ~= group) then
  redis.call('HSET', prefix .. 'groupof', key, group)
end
if ARGV[TAGS] ~= '' or kind == 'start' then
  put('tags', with_tags(was.tags or '', ARGV[TAGS], kind == 'start' and 'maybe_opt_out' or ''))
end
if not stranger then
  if not new and not was.campaign then redis.call('ZREM', prefix .. 'strangers', id) end
else
  redis.call('ZADD', prefix .. 'strangers', now, id)
end
if asked then put('campaign', person.campaign) end

local function go_to(state, score)
  enlist(prefix, id, group, state, score, not new and was.state ~= state)
  put('state', state)
end
local last_in = string.format('%.0f', math.max(tonumber(was.last_in_ms or '0'), tonumber(at)))

if kind == 'echo' then
  local last_out = tonumber(redis.call('HGET', conv, 'last_out_ms') or '0')
  if tonumber(at) > last_out then put('last_out_ms', at) end
  -- what they wrote later still waits
  if second(at) >= second(was.last_in_ms) then
    put('unread', '0')
    put('waiting_ms', '0')
  end
  if fresh then go_to('closed', at) end
elseif kind == 'stop' and is_number(thread) then
  -- A STOP asks for nothing: it leaves the inbox, and the thread keeps it.
  put('last_in_ms', last_in)
  if not late then
    put('unread', '0')
    put('waiting_ms', '0')
    put('claimed_by', '')
  end
  if not late or fresh then go_to('closed', last_in) end
elseif asks then
  put('last_in_ms', last_in)
  put('unread', string.format('%d', tonumber(was.unread or '0') + 1))
  if who ~= 'chat' and was.waiting_ms == '0' then put('waiting_ms', at) end
  go_to('open', last_in)
elseif fresh then
  put('last_in_ms', last_in)
  go_to('closed', last_in)
end

-- What a campaign brought back: people who wrote, each once, and people who left.
if asks and asked then
  local campaign = prefix .. 'c:' .. person.campaign
  if was.replied_to ~= person.campaign then
    put('replied_to', person.campaign)
    redis.call('HINCRBY', campaign, 'replies', 1)
  end
  if suppressed > 0 then redis.call('HINCRBY', campaign, 'stops', suppressed) end
end

local reachable = who == 'number' or (who == 'user_id' and ARGV[TAKES_ID] == '1')
local helped = tonumber(was.help_ms or '0')
local answers = ARGV[ANSWER] ~= '' and reachable and
  ((kind == 'stop' and suppressed == 1) or
   (kind == 'help' and (helped == 0 or tonumber(now) - helped >= tonumber(ARGV[HELP_AGAIN]))))
if answers and kind == 'help' then put('help_ms', now) end
write()

local message = ARGV[MESSAGE]
if beyond or kind == 'change' then message = '{"from":' .. cjson.encode(raw) .. ',' .. string.sub(message, 2) end
if kind == 'change' then message = '{"to":' .. cjson.encode(changed_to ~= '' and changed_to or key) .. ',' .. string.sub(message, 2) end
append(conv, message, tonumber(ARGV[MESSAGES_MAX]))

local index = -1
if answers then
  index = direct_allot(prefix, now, {'conv', id, 'group', group, 'to', key, 'gateway', ARGV[GATEWAY],
    'sender', ARGV[SENDER], 'text', ARGV[ANSWER], 'kind', 'confirm', 'by', ''})
  append(conv, '{"i":' .. index .. ',"dir":"out","kind":"confirm","by":"","at_ms":' .. now .. ',"text":' ..
    cjson.encode(ARGV[ANSWER]) .. '}', tonumber(ARGV[MESSAGES_MAX]))
end
-- the identities of what strangers say are many: beyond the bound they are kept for as long as a provider retries
redis.call('SET', seen, id, 'PX', beyond and math.min(tonumber(ARGV[REMEMBER]), HOUR_MS) or ARGV[REMEMBER])
return {'stored', tonumber(id), suppressed, lifted, index, 0, unnamed and person.audience or 0,
  unnamed and person.index or 0}
