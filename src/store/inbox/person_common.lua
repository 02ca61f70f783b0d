-- People: a person is a key, the digits of their number, or '~' and an address where there is no number (a
-- provider's user id, a short code, a name). (A part that is put in front of other scripts, after
-- conv_common.lua, conv_queue.lua, conv_tags.lua and optouts.lua, which has whose an id is.)
--
-- link      user id → key of the number (or of the newer id) it belongs to
-- idof      number → the user id that was seen last with it
-- spelled   a number as a provider writes it → ours, and '>' .. ours → the provider's; '?' = of several
-- started   key → when the person last said START [wall ms]

-- All keys of one person: what they say about being texted holds for each.
local function spellings(prefix, key, raw)
  local keys, have = {}, {}
  local function put(k)
    if k and k ~= '?' and not have[k] then
      have[k] = true
      keys[#keys + 1] = k
    end
  end
  for _, k in ipairs({key, raw}) do
    put(k)
    put(redis.call('HGET', prefix .. 'spelled', k))
    put(redis.call('HGET', prefix .. 'spelled', '>' .. k))
  end
  return keys
end

-- ---- suppressions (store/suppress/suppress.c writes the records; they are told: optouts.lua)

-- The first record stays, it is the evidence; that it was said again counts against an old START, and whoever took them off cannot
-- undo it any more. Returns 1 when it is new.
local function suppress(prefix, scope, key, record, at)
  local hash = prefix .. 's:' .. scope
  tell_optout('set', scope, key, at, string.match(record, '^{"reason":"([^"]*)"') or '')
  if redis.call('HSETNX', hash, key, record) == 1 then return 1 end
  if scope ~= 'hold' then redis.call('DEL', prefix .. 'undo_off:' .. key) end
  local was = redis.call('HGET', hash, key)
  local now = without_batch(was)
  if string.sub(now, -1) == '}' and said_ms(now) < tonumber(at) then
    now = string.gsub(now, ',"last_ms":%d+}$', '}')
    now = string.sub(now, 1, -2) .. ',"last_ms":' .. at .. '}'
  end
  if now ~= was then redis.call('HSET', hash, key, now) end
  return 0
end

-- Somebody decided (why: manual), or the person did (stop): no campaign waits for it any more. Returns the record that
-- stood, or false.
local function end_hold(prefix, key, at, why)
  local was = redis.call('HGET', prefix .. 's:hold', key)
  if not was then return false end
  redis.call('HDEL', prefix .. 's:hold', key)
  tell_optout('lift', 'hold', key, at, why)
  return was
end

-- What was said under one key is said under the other, unless START was said there since. Returns whether anything was.
local function carry(prefix, scopes, from, to)
  local any, started_there = false, redis.call('HGET', prefix .. 'started', to)
  for _, scope in ipairs(scopes) do
    local record = redis.call('HGET', prefix .. 's:' .. scope, from)
    if record then
      local manual = string.find(record, '^{"reason":"manual"')
      if manual or second(started_there) <= second(said_ms(record)) then
        any = true
        suppress(prefix, scope, to, record, said_ms(record))
      end
      if not is_number(from) then redis.call('HDEL', prefix .. 's:' .. scope, from) end
    end
  end
  local started = redis.call('HGET', prefix .. 'started', from)
  if started and tonumber(started) > tonumber(started_there or '0') then
    redis.call('HSET', prefix .. 'started', to, started)
  end
  return any
end

-- ---- conversations that turn out to be one

local function forget_conversation(prefix, id)
  local conv = prefix .. 'conv:' .. id
  local c = redis.call('HMGET', conv, 'group', 'loan', 'tags')
  local group = c[1] or ''
  for _, scope in ipairs(scopes_of(group, c[2])) do
    list_drop(prefix .. 'inbox:' .. scope, id)
    list_drop(prefix .. 'closed:' .. scope, id)
  end
  redis.call('ZREM', prefix .. 'strangers', id)
  leave_queue(prefix, id)
  untag_all(prefix, id, group, c[2], c[3] or '')
  redis.call('DEL', conv, conv .. ':m', conv .. ':d')
end

-- All of a thread that nobody needs any more: what was said, what was answered, whose it is.
local function forget_thread(prefix, id, group, key)
  local also_of = redis.call('HGET', prefix .. 'conv:' .. id, 'also_of') or ''
  for g in string.gmatch(group .. ',' .. also_of, '[^,]+') do
    if redis.call('HGET', prefix .. 'convof:' .. g, key) == id then redis.call('HDEL', prefix .. 'convof:' .. g, key) end
  end
  if redis.call('HGET', prefix .. 'groupof', key) == group then redis.call('HDEL', prefix .. 'groupof', key) end
  for _, m in ipairs(redis.call('LRANGE', prefix .. 'conv:' .. id .. ':m', 0, -1)) do
    local index = string.match(m, '^{"i":(%d+)')
    if index then
      redis.call('DEL', prefix .. 'dm:' .. index)
      redis.call('ZREM', prefix .. 'dm:pending', index)
    end
  end
  forget_conversation(prefix, id)
end

-- Two lists of messages by their times; a list holds at most 1,000.
local function merge_messages(prefix, from, id, to)
  local all = {}
  for _, key in ipairs({from, to}) do
    for _, m in ipairs(redis.call('LRANGE', key .. ':m', 0, -1)) do
      all[#all + 1] = {m, tonumber(string.match(m, '"at_ms":(%d+)') or '0'), #all}
    end
  end
  table.sort(all, function(a, b) return a[2] < b[2] or (a[2] == b[2] and a[3] < b[3]) end)
  redis.call('DEL', to .. ':m')
  for _, m in ipairs(all) do
    append(to, m[1], 1000)
    local index = string.match(m[1], '^{"i":(%d+)')
    if index then redis.call('HSET', prefix .. 'dm:' .. index, 'conv', id) end
  end
end

local function larger(conv, field, than)
  if tonumber(than or '0') > tonumber(redis.call('HGET', conv, field) or '0') then redis.call('HSET', conv, field, than) end
end

local function merge_tags(prefix, from_id, to_id, tags, campaign)
  local to, now = prefix .. 'conv:' .. to_id, redis.call('HGET', prefix .. 'conv:' .. to_id, 'last_in_ms') or '0'
  local c = redis.call('HMGET', to, 'tags', 'group', 'loan')
  local all = with_tags(c[1] or '', tags, '')
  redis.call('HSET', to, 'tags', all)
  relist_tags(prefix, to_id, c[2] or '', c[3], c[1] or '', all, now)
  count_tags(prefix, from_id, campaign, '', tags, now)
  count_tags(prefix, to_id, campaign, tags, '', now)
end

local function merge(prefix, from_id, to_id)
  local from, to = prefix .. 'conv:' .. from_id, prefix .. 'conv:' .. to_id
  local f = redis.call('HMGET', from, 'unread', 'waiting_ms', 'last_in_ms', 'last_out_ms', 'tags', 'state', 'name', 'campaign', 'heard')
  merge_messages(prefix, from, to_id, to)
  redis.call('HINCRBY', to, 'unread', f[1] or 0)
  local waits = redis.call('HGET', to, 'waiting_ms') or '0'
  if (f[2] or '0') ~= '0' and (waits == '0' or tonumber(f[2]) < tonumber(waits)) then
    redis.call('HSET', to, 'waiting_ms', f[2])
  end
  larger(to, 'last_in_ms', f[3])
  larger(to, 'last_out_ms', f[4])
  merge_tags(prefix, from_id, to_id, f[5] or '', f[8])
  redis.call('HINCRBY', to, 'heard', f[9] or 0)
  if f[7] then redis.call('HSETNX', to, 'name', f[7]) end
  local t = redis.call('HMGET', to, 'group', 'state', 'last_in_ms')
  place(prefix, to_id, t[1], (f[6] == 'open' or t[2] == 'open') and 'open' or 'closed', t[3])
  queue(prefix, to_id)
  forget_conversation(prefix, from_id)
end

-- The thread of one key, in one group, goes to the other key's, in its group.
local function join(prefix, from_group, from, to_group, to)
  local id = redis.call('HGET', prefix .. 'convof:' .. from_group, from)
  if not id then return end
  redis.call('HDEL', prefix .. 'convof:' .. from_group, from)
  local there = redis.call('HGET', prefix .. 'convof:' .. to_group, to)
  if there then
    merge(prefix, id, there)
    return
  end
  local conv = prefix .. 'conv:' .. id
  redis.call('HSET', prefix .. 'convof:' .. to_group, to, id)
  redis.call('HSET', conv, 'number', to, 'group', to_group)
  if is_number(to) then redis.call('HSET', conv, 'who', 'number') end
  if from_group ~= to_group then
    for _, list in ipairs({'inbox:', 'closed:'}) do list_drop(prefix .. list .. from_group, id) end
    local c = redis.call('HMGET', conv, 'state', 'last_in_ms', 'tags', 'loan')
    relist_loan(prefix, id, {loan = c[4] or '0', tags = c[3] or ''}, '0', '0') -- it was lent by the group that had it
    redis.call('HDEL', conv, 'loan')
    untag_all(prefix, id, from_group, '0', c[3] or '')
    relist_tags(prefix, id, to_group, '0', '', c[3] or '', c[2] or '0')
    place(prefix, id, to_group, c[1] or 'open', c[2] or '0')
  end
  queue(prefix, id)
end

-- Whoever said STOP asks for nothing more.
local function leave_inbox(prefix, group, key)
  local id = redis.call('HGET', prefix .. 'convof:' .. group, key)
  if not id then return end
  local conv = prefix .. 'conv:' .. id
  redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0, 'claimed_by', '')
  place(prefix, id, group, 'closed', redis.call('HGET', conv, 'last_in_ms') or '0')
  queue(prefix, id)
end

-- Everything of `from` becomes `to`'s: one person. Threads of an id without a number go to the group where the
-- number is at home, those of a number stay in theirs.
local function adopt(prefix, group, from, to)
  local home = redis.call('HGET', prefix .. 'groupof', from) or group
  local scopes = {'all', 'hold', group}
  if home ~= group then scopes[4] = home end
  local stopped = carry(prefix, scopes, from, to)
  join(prefix, group, from, group, to)
  if home ~= group then join(prefix, home, from, is_number(from) and home or group, to) end
  if stopped and not is_number(from) and redis.call('HEXISTS', prefix .. 's:all', to) == 1 then
    leave_inbox(prefix, group, to)
  end
  if not is_number(from) then redis.call('HDEL', prefix .. 'groupof', from) end
end

-- The ids were seen together with this number (or replaced by this id): now and later they are one person.
local function learn(prefix, group, key, ids)
  for _, id in ipairs(ids) do
    if id ~= '' and '~' .. id ~= key then
      local was = redis.call('HGET', prefix .. 'link', id)
      if was ~= key then
        adopt(prefix, group, was or '~' .. id, key)
        redis.call('HSET', prefix .. 'link', id, key)
      end
    end
  end
  if is_number(key) and ids[1] and ids[1] ~= '' then redis.call('HSET', prefix .. 'idof', key, ids[1]) end
end
