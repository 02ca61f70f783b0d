-- (after direct_common.lua, conv_common.lua, conv_queue.lua, conv_tags.lua, person_common.lua, person_find.lua, inbound_together.lua, inbound_said.lua) One event about a person:
-- whose campaign they answer, for STOP the suppression with its one confirmation, the conversation, and what is known of who
-- they are. This runs for each webhook: the conversation is read once and written once.
--
-- An event that fails half-way (a key of the wrong kind) stays half done and is tried again: the suppression comes first, the
-- message that a second try would append twice late, and that the event is known last of all (inbound.lua).
--
-- `e`: the event and what is found out about it; `was`: its conversation as it stands; `set`: what changes of it.
local OTHERS, HOUR_MS, NOBODY = '~others', 3600000, {campaign = '0', group = '', audience = 0, index = 0}
local ASKS = {text = true, stop = true, start = true, help = true}
local TOLD_AS = {stop = 'stopped', echo = 'replied', change = 'changed'}
local PERSON = {number = true, user_id = true, name = true}

-- ---- who it is, and what they were asked

-- ARGV from `base` on. The table has all that is found out later, too: one that grows is made anew.
local function event_at(base)
  local kind, key = ARGV[base + KIND], ARGV[base + KEY]
  return {prefix = ARGV[PREFIX], base = base, now = ARGV[base + NOW], at = ARGV[base + AT], at_ms = tonumber(ARGV[base + AT]), kind = kind, group = ARGV[base + GROUP],
    key = key, raw = key, who = ARGV[base + WHO], ids = {ARGV[base + USER_ID], ARGV[base + PARENT_ID]}, scope = ARGV[base + SCOPE],
    record = ARGV[base + RECORD], asks = ASKS[kind], person = NOBODY, suppressed = 0, lifted = 0, late = false, asked = false, is_person = false, id = false, tags = false,
    moves = false, was = false, thread = false, stranger = false, beyond = false, new = false, fresh = false, conv = false, unnamed = false}
end

-- Whose number it was when that happened: what was said before a change of number is said by whoever has the new one now, however
-- late it comes. What comes from the old number after it is somebody else's.
local someone_moved
local function owner_at(e, key)
  local moved, since = e.prefix .. 'moved', e.at
  if someone_moved == nil then someone_moved = redis.call('EXISTS', moved) == 1 end
  for _ = 1, someone_moved and 4 or 0 do
    local to, at = string.match(redis.call('HGET', moved, key) or '', '^(%d+) (%d+)$')
    if not to or second(at) < second(since) then break end
    key, since = to, at
  end
  return key
end

local function find_out(e, base)
  if e.who == 'user_id' then
    local other = linked(e.prefix, e.ids)
    if other then e.key, e.raw, e.who = other, other, is_number(other) and 'number' or e.who end
  elseif e.who == 'number' then
    e.key = owner_at(e, e.key)
  end
  if ARGV[base + CAMPAIGNS] ~= '0' then
    local older, said = {}, ARGV[base + OLDER]
    if said ~= '' then
      for number in string.gmatch(said, '%d+') do older[#older + 1] = number end
    end
    if e.raw ~= e.key then older[#older + 1] = e.raw end -- they were asked under the number of before
    e.person = find_person(e.prefix, {key = e.key, older = older, campaigns = ARGV[base + CAMPAIGNS], but = '0',
      gateway = ARGV[base + GATEWAY], sender = ARGV[base + SENDER], own = ARGV[base + OWN_GROUP]})
    if e.person.group ~= '' then e.group = e.person.group end
    if ARGV[base + WHO] == 'number' then e.key = e.person.key end
  end
  e.asked, e.is_person = e.person.campaign ~= '0', PERSON[e.who]
end

-- ---- the conversation

-- What every text needs of it; fields_of names them in the same order.
local READ = {'number', 'name', 'gateway', 'sender', 'takes_id', 'user_id', 'unread', 'last_in_ms', 'replied_to', 'heard', 'said_by',
  'window_ms', 'group', 'state', 'waiting_ms', 'campaign', 'tags', 'within_ms', 'loan'}
-- The others of QUEUE_FIELDS (conv_queue.lua): where it stands is looked up when it moves.
local READ_TO_MOVE = {'claimed_by', 'claim_until_ms', 'language', 'queued', 'in_hand'}
-- One by one: a table that grows field by field is made anew again and again.
local function fields_of(v)
  return {number = v[1] or nil, name = v[2] or nil, gateway = v[3] or nil, sender = v[4] or nil, takes_id = v[5] or nil, user_id = v[6] or nil,
    unread = v[7] or nil, last_in_ms = v[8] or nil, replied_to = v[9] or nil, heard = v[10] or nil, said_by = v[11] or nil,
    window_ms = v[12] or nil, group = v[13] or nil, state = v[14] or nil, waiting_ms = v[15] or nil, campaign = v[16] or nil,
    tags = v[17] or nil, within_ms = v[18] or nil, loan = v[19] or nil, said = nil, queued = nil, in_hand = nil}
end
local function read_conversation(e)
  e.id = known_in(e.prefix .. 'convof:' .. e.group, e.thread)
  local was = fields_of(e.id and redis.call('HMGET', e.prefix .. 'conv:' .. e.id, unpack(READ)) or {})
  e.group = was.group or e.group -- of the thread, which may have been handed to another (conv_hand.lua)
  was.group, e.was = e.group, was
end

local function find_conversation(e)
  e.thread = e.key
  read_conversation(e)
  e.stranger = not e.asked and not e.was.campaign
  e.beyond = e.stranger and not e.id and redis.call('ZCARD', e.prefix .. 'strangers') >= tonumber(ARGV[STRANGERS_MAX])
end

-- What is STOP to the people of its group alone (store/group.h). Returns whether it is.
local function heed_group(e, base)
  local groups = ARGV[base + STOPPING]
  if groups == '' or e.kind ~= 'text' or not string.find(groups, ' ' .. e.group .. ' ', 1, true) then return false end
  e.kind, e.record, e.tags = 'stop', ARGV[base + STOP_RECORD], 'stop'
  return true
end

-- For as long as a provider may repeat a webhook; beyond the bound no more are known.
local function note_move(moved, from, to_at)
  local MOVED_MAX, MOVED_MS = 10000, 8 * 24 * HOUR_MS
  if redis.call('HLEN', moved) >= MOVED_MAX then return end
  redis.call('HSET', moved, from, to_at)
  redis.call('PEXPIRE', moved, MOVED_MS)
end

-- Of several changes the later one may have come first: then they went on from there.
local function move(e, to)
  local last = is_number(to) and owner_at(e, to) or to
  if is_number(e.key) and is_number(to) then
    note_move(e.prefix .. 'moved', e.key, to .. ' ' .. e.at)
    someone_moved = true
  end
  adopt(e.prefix, e.group, e.key, to)
  if last ~= to then adopt(e.prefix, e.group, to, last) end
  e.key = last
end

-- A new number takes everything along.
local function change(e, base)
  local to, new_id = ARGV[base + NEW_KEY], ARGV[base + NEW_ID]
  e.changed_to = to
  settle()
  if is_number(e.key) and not is_number(to) then
    -- Only the id is new, or the new number is not told yet: a STOP by the new id must still stop the number of the list.
    if new_id ~= '' then e.ids = {new_id, e.ids[2]} end
    learn(e.prefix, e.group, e.key, e.ids)
  elseif to ~= '' and to ~= e.key then
    if new_id ~= '' then learn(e.prefix, e.group, to, {new_id}) end
    move(e, to)
    learn(e.prefix, e.group, e.key, e.ids)
    e.who = is_number(e.key) and 'number' or 'user_id'
  end
end

-- Which thread: beyond the bound strangers share one.
local function choose_thread(e, base)
  local names = e.ids[1] ~= '' or e.ids[2] ~= ''
  if e.kind == 'change' and not e.beyond then
    change(e, base)
  elseif names and not e.beyond and (e.who == 'number' or e.who == 'user_id') then
    settle()
    learn(e.prefix, e.group, e.key, e.ids)
  end
  e.thread = e.beyond and OTHERS or e.key
  if e.beyond or e.kind == 'change' or names then read_conversation(e) end
end

-- One write for all that changes of the conversation; of a field that is put twice the later value stands.
local put, write, begin_fields
do
  local fields, n = {}, 0 -- of the event that is handled now
  function begin_fields(...)
    n = select('#', ...)
    for i = 1, n do fields[i] = select(i, ...) end
  end
  local QUEUED_BY = {state = true, waiting_ms = true, claimed_by = true, campaign = true, tags = true, within_ms = true, loan = true}
  local ABSENT = {takes_id = '', said_by = '', window_ms = '0'} -- what a field says that was never written
  local ZEROS = {unread = true, waiting_ms = true, last_in_ms = true} -- of a new one: written with what they are in the end
  local function add_field(field, value)
    fields[n + 1], fields[n + 2] = field, value
    n = n + 2
  end
  function put(e, field, value)
    local was = e.was
    if was[field] == value or (was[field] == nil and ABSENT[field] == value) then return end
    was[field] = value
    if QUEUED_BY[field] then e.moves = true end
    if e.fresh and ZEROS[field] then return end
    add_field(field, value)
  end

  function write(e)
    if e.fresh then
      for field in pairs(ZEROS) do add_field(field, e.was[field]) end
    end
    if n > 0 then redis.call('HSET', e.conv, unpack(fields, 1, n)) end
  end
end

-- Where it stands among those who wait.
local function put_queue(e)
  if not e.moves then return end
  if not e.fresh then
    local values = redis.call('HMGET', e.conv, unpack(READ_TO_MOVE))
    for i, field in ipairs(READ_TO_MOVE) do
      if e.was[field] == nil then e.was[field] = values[i] or nil end
    end
  end
  local queued, by = queue_by(e.prefix, e.id, e.was, e.now)
  put(e, 'queued', queued)
  if by then put(e, 'in_hand', by) elseif e.was.in_hand then redis.call('HDEL', e.conv, 'in_hand') end
end

-- `fresh`: it was never written; a try that failed half-way may have given it an id.
local function open_conversation(e)
  e.new, e.fresh = not e.id, not e.was.number
  if e.new then
    e.id = new_conversation_id(e.prefix)
    note_in(e.prefix .. 'convof:' .. e.group, e.thread, e.id)
  end
  e.conv = e.prefix .. 'conv:' .. e.id
  if not e.fresh then return end
  note_group(e.prefix, e.group)
  begin_fields('group', e.group, 'number', e.thread, 'who', e.beyond and 'others' or e.who, 'created_ms', e.now, 'claim_fence', '0',
    'last_out_ms', '0')
  e.was.unread, e.was.waiting_ms, e.was.last_in_ms = '0', '0', '0'
end

-- One stranger has so much room in an hour; what is more is counted, in one line. Returns whether this one is.
local function is_only_counted(e)
  if not e.stranger or e.beyond or not e.asks then return false end
  local hour = tostring(math.floor(e.now / HOUR_MS))
  local h = redis.call('HMGET', e.conv, 'hour', 'hour_n')
  local n = h[1] == hour and tonumber(h[2]) + 1 or 1
  put(e, 'hour', hour)
  put(e, 'hour_n', n)
  local more = n - tonumber(ARGV[STRANGER_PER_HOUR])
  if more <= 0 or e.suppressed + e.lifted > 0 then return false end
  write(e)
  local line = '{"dir":"in","kind":"bound","by":"","at_ms":' .. e.at .. ',"text":"","n":' .. more .. '}'
  local last = redis.call('LINDEX', e.conv .. ':m', -1) or ''
  if more > 1 and string.find(last, '{"dir":"in","kind":"bound"', 1, true) == 1 then
    redis.call('LSET', e.conv .. ':m', -1, line)
  else
    append(e.conv, line, tonumber(ARGV[MESSAGES_MAX]))
  end
  return true
end

-- ---- what changes of it

local function name_it(e, base)
  e.unnamed = e.asked and e.kind ~= 'echo' and (e.was.campaign ~= e.person.campaign or not e.was.name)
  local name = ARGV[base + NAME]
  if name ~= '' and e.kind ~= 'echo' and not e.beyond and not (e.asked and e.was.name) then put(e, 'name', name) end
end

-- What they answered to an earlier campaign is not what they answer to this one. Who says the same to the same campaign again
-- changes nothing: most do.
local function put_tags(e, add, remove)
  local was, campaign = e.was.tags or '', e.asked and e.person.campaign or e.was.campaign
  local moved_on = e.asked and e.was.campaign and e.was.campaign ~= e.person.campaign
  if moved_on then remove = remove .. ',yes,no,maybe' end
  if add == '' and (remove == '' or was == '') then return end
  if was == add and remove == '' and campaign == e.was.campaign then return end
  local gone = with_answers_gone(add, '')
  local tags = with_tags(was, add, remove .. gone)
  put(e, 'tags', tags)
  -- What is for the organisers is so from now on: whoever of them is there takes it.
  if has_tag(tags, ESCALATE) and not has_tag(was, ESCALATE) then
    put(e, 'claimed_by', '')
    put(e, 'claim_until_ms', '0')
  end
  relist_tags(e.prefix, e.id, e.group, e.was.loan, was, tags, e.now)
  count_tags(e.prefix, e.id, campaign, add, e.fresh and '' or gone, e.now)
end

local function put_said(e, base)
  local line = ARGV[base + LINE]
  if line == '' or e.beyond then return end
  put(e, 'said', line)
  put(e, 'said_by', e.kind == 'echo' and 'phone' or '')
end

-- Who borrows the list of the campaign that they answer now. A thread that another group has is not lent with it.
local function put_loan(e)
  if not e.asked then return end
  local loan = e.group == e.person.group and e.person.loan or '0'
  if loan == (e.was.loan or '0') then return end
  relist_loan(e.prefix, e.id, e.was, loan, e.now)
  put(e, 'loan', loan)
  if e.was.state then enlist(e.prefix, e.id, e.group, loan, e.was.state, e.was.last_in_ms or '0', false) end
end

local function put_who_and_where(e, base)
  local tags, started = e.tags or ARGV[base + TAGS], e.kind == 'start'
  put(e, 'gateway', ARGV[base + GATEWAY])
  put(e, 'sender', ARGV[base + SENDER])
  put(e, 'takes_id', ARGV[base + TAKES_ID])
  put(e, 'window_ms', ARGV[base + WINDOW])
  put_said(e, base)
  if e.ids[1] ~= '' and (e.who == 'number' or e.who == 'user_id') and not e.beyond then put(e, 'user_id', e.ids[1]) end
  name_it(e, base)
  if e.is_person and not e.beyond and (e.fresh or known_in(e.prefix .. 'groupof', e.key) ~= e.group) then
    note_in(e.prefix .. 'groupof', e.key, e.group)
  end
  put_loan(e)
  put_tags(e, tags, started and 'maybe_opt_out' or '')
  if e.stranger then
    redis.call('ZADD', e.prefix .. 'strangers', e.now, e.id)
  elseif not e.new and not e.was.campaign then
    redis.call('ZREM', e.prefix .. 'strangers', e.id)
  end
  if e.asked then
    put(e, 'campaign', e.person.campaign)
    if e.was.within_ms or e.person.within ~= '0' then put(e, 'within_ms', e.person.within) end
  end
end

local function go_to(e, state, score)
  enlist(e.prefix, e.id, e.group, e.was.loan, state, score, not e.new and e.was.state ~= state)
  put(e, 'state', state)
end

local function nobody_waits(e)
  put(e, 'unread', '0')
  put(e, 'waiting_ms', '0')
end

local function put_echo(e)
  local last_out = tonumber(redis.call('HGET', e.conv, 'last_out_ms') or '0')
  if tonumber(e.at) > last_out then put(e, 'last_out_ms', e.at) end
  -- what they wrote later still waits
  if second(e.at) >= second(e.was.last_in_ms) then nobody_waits(e) end
  if e.fresh then go_to(e, 'closed', e.at) end
end

-- A STOP asks for nothing: it leaves the inbox, and the thread keeps it.
local function put_stop(e, last_in)
  put(e, 'last_in_ms', last_in)
  if not e.late then
    nobody_waits(e)
    put(e, 'claimed_by', '')
  end
  if not e.late or e.fresh then go_to(e, 'closed', last_in) end
end

local function one_more(n) return n and n ~= '0' and string.format('%d', n + 1) or '1' end

local function put_state(e)
  if e.asks then put(e, 'heard', one_more(e.was.heard)) end
  local last_in = e.was.last_in_ms or '0'
  if last_in ~= e.at and e.at_ms >= tonumber(last_in) then last_in = e.at end
  if e.kind == 'echo' then
    put_echo(e)
  elseif e.kind == 'stop' and is_number(e.thread) then
    put_stop(e, last_in)
  elseif e.asks then
    put(e, 'last_in_ms', last_in)
    put(e, 'unread', one_more(e.was.unread))
    if e.who ~= 'chat' and e.was.waiting_ms == '0' then put(e, 'waiting_ms', e.at) end
    go_to(e, 'open', last_in)
  elseif e.fresh then
    put(e, 'last_in_ms', last_in)
    go_to(e, 'closed', last_in)
  end
end

-- What a campaign brought back: people who wrote, each once, and people who left.
local function count(e)
  if not e.asks or not e.asked then return end
  if e.was.replied_to == e.person.campaign and e.suppressed == 0 then return end
  local campaign, at = e.prefix .. 'c:' .. e.person.campaign, math.min(e.at_ms, tonumber(e.now))
  if e.was.replied_to ~= e.person.campaign then
    put(e, 'replied_to', e.person.campaign)
    brought(campaign, 'replies', 'r', at, 1)
  end
  if e.suppressed > 0 then
    brought(campaign, 'stops', 's', at, e.suppressed)
  end
end

-- ---- the message, and what is said to it by itself

-- STOP is confirmed once, HELP answered once in so long.
local function is_answered(e, base)
  local reachable = e.who == 'number' or (e.who == 'user_id' and ARGV[base + TAKES_ID] == '1')
  if ARGV[base + ANSWER] == '' or not reachable then return false end
  if e.kind == 'stop' then return e.suppressed == 1 end
  if e.kind ~= 'help' then return false end
  local helped = tonumber(redis.call('HGET', e.conv, 'help_ms') or '0')
  return (helped == 0 or tonumber(e.now) - helped >= tonumber(ARGV[HELP_AGAIN]))
end

local function with_first(name, key, message) return '{"' .. name .. '":' .. cjson.encode(key) .. ',' .. string.sub(message, 2) end

local function append_message(e, base)
  local message, changed_to = ARGV[base + MESSAGE], ARGV[base + NEW_KEY]
  if e.tags then message = string.gsub(message, '"kind":"text"', '"kind":"stop"', 1) end
  if e.beyond or e.kind == 'change' then message = with_first('from', e.raw, message) end
  if e.kind == 'change' then message = with_first('to', changed_to ~= '' and changed_to or e.key, message) end
  append(e.conv, message, tonumber(ARGV[MESSAGES_MAX]))
end

-- The group's own text, or the organisation's in the group's language.
local function answer_text(e, base)
  local own = cjson.decode(redis.call('HGET', e.prefix .. 'group:info', e.group) or '{}')
  local text = own[e.kind == 'stop' and 'stop_confirmation' or 'help_answer']
  if type(text) == 'string' and text ~= '' then return text end
  local others = ARGV[base + SAID_IN] ~= '' and type(own.language) == 'string' and cjson.decode(ARGV[base + SAID_IN]) or {}
  return others[string.lower(string.match(own.language or '', '^%a*'))] or ARGV[base + ANSWER]
end

-- Returns its index in the direct book.
local function answer(e, base)
  local text = answer_text(e, base)
  local index = direct_allot(e.prefix, e.now, {'conv', e.id, 'group', e.group, 'to', e.key, 'gateway', ARGV[base + GATEWAY],
    'sender', ARGV[base + SENDER], 'text', text, 'kind', 'confirm', 'by', ''})
  append(e.conv, '{"i":' .. index .. ',"dir":"out","kind":"confirm","by":"","at_ms":' .. e.now .. ',"text":' .. cjson.encode(text) ..
    '}', tonumber(ARGV[MESSAGES_MAX]))
  return index
end

-- Stores it. Returns what inbound.lua returns of it; e.beyond: of a stranger beyond the bound.
local function store(e, base)
  begin_fields()
  find_out(e, base)
  find_conversation(e)
  local own_stop = heed_group(e, base)
  obey(e, ARGV[base + HOLDS] == '1' and not own_stop)
  choose_thread(e, base)
  open_conversation(e)
  if is_only_counted(e) then return {'stored', tonumber(e.id), 0, 0, -1, 1}, false end
  put_who_and_where(e, base)
  put_state(e)
  count(e)
  local answers, index = is_answered(e, base), -1
  if answers and e.kind == 'help' then put(e, 'help_ms', e.now) end
  put_queue(e)
  write(e)
  append_message(e, base)
  tell(e.prefix, 'conversation', e.id, e.group, TOLD_AS[e.kind] or 'wrote', '', e.was.loan or '0')
  if answers then index = answer(e, base) end
  local unnamed = e.unnamed and e.person or NOBODY
  return {'stored', tonumber(e.id), e.suppressed, e.lifted, index, 0, unnamed.audience, unnamed.index}, true
end
