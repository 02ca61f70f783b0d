-- (after conv_common.lua, conv_tags.lua, person_find.lua, minutes_note.lua) What the events of a call have in common is written once, when all of them are done:
-- their places in the lists of the inbox, whose threads they are, and the counts of their campaigns and tags.
--
-- A key of the wrong kind fails the event that needs it first, and each after it, as if it had been written at once: so
-- the writing at the end cannot fail.
-- (Lua gives a script 200 names: what nobody else calls has its own room.)
local brought, note_in, settle, new_conversation_id, write_together
do
  local lists, counts, minutes, marks, noted, asked = {}, {}, {}, {}, {}, {}

  local function list_of(key)
    if not lists[key] then
      redis.call('ZCARD', key)
      lists[key] = {}
    end
    return lists[key]
  end

  -- Of one person's two events the later one stands.
  list_put = function(key, score, id) list_of(key)[id] = score end
  list_drop = function(key, id) list_of(key)[id] = false end

  count_on = function(key, field, n)
    local of = counts[key]
    if not of then
      redis.call('HLEN', key)
      of = {}
      counts[key] = of
    end
    of[field] = (of[field] or 0) + n
  end

  local function marks_of(root, tag)
    local key = root .. ':' .. tag
    local of = marks[key]
    if not of then
      redis.call('ZCARD', key)
      count_on(root .. 's', tag, 0)
      of = {counts = root .. 's', tag = tag, put = {}, gone = {}}
      marks[key] = of
    end
    return of
  end

  mark_tag = function(root, tag, id, now)
    local put = marks_of(root, tag).put
    put[id] = put[id] or now
  end

  unmark_tag = function(root, tag, id)
    local of = marks_of(root, tag)
    of.put[id], of.gone[id] = nil, true
  end

  -- Whose threads and groups they are is written at the end, and asked for everybody of the call at once, from few hashes: in
  -- most calls all are of one group.
  local ASKED_MAX, asked_n, everybody = 4, 0, nil

  local function ask_all(key)
    if not everybody then
      everybody = {}
      for base = FIRST - 1, #ARGV - WIDTH, WIDTH do everybody[#everybody + 1] = ARGV[base + KEY] end
    end
    local values, of = redis.call('HMGET', key, unpack(everybody)), {}
    for i, who in ipairs(everybody) do of[who] = values[i] end
    asked[key], asked_n = of, asked_n + 1
    return of
  end

  known_in = function(key, who)
    local value = noted[key] and noted[key][who]
    if value then return value end
    local of = asked[key] or (asked_n < ASKED_MAX and ask_all(key))
    value = of and of[who]
    if value ~= nil and of then return value end
    return redis.call('HGET', key, who)
  end

  function note_in(key, who, value)
    if not noted[key] then
      redis.call('HLEN', key)
      noted[key] = {}
    end
    noted[key][who] = value
  end

  local function write_noted()
    for key, of in pairs(noted) do
      local fields = {}
      for who, value in pairs(of) do fields[#fields + 1], fields[#fields + 2] = who, value end
      redis.call('HSET', key, unpack(fields))
    end
    noted = {}
  end

  -- Who turns out to be somebody else changes these by another way (person_common.lua: learn, adopt). From then on nobody is asked
  -- for ahead: where people come with user ids each event may be such.
  function settle()
    write_noted()
    asked, asked_n = {}, ASKED_MAX
  end

  -- The ids of new conversations are taken from a few that are set aside; what is left of them is given back.
  local IDS_AT_ONCE, next_id, last_id = 8, 1, 0
  function new_conversation_id(prefix)
    if next_id > last_id then
      last_id = redis.call('INCRBY', prefix .. 'id:conv', IDS_AT_ONCE)
      next_id = last_id - IDS_AT_ONCE + 1
    end
    next_id = next_id + 1
    return string.format('%.0f', next_id - 1)
  end

  local function minutes_of(campaign)
    if not minutes[campaign] then
      redis.call('HLEN', campaign .. ':minutes')
      minutes[campaign] = {}
    end
    return minutes[campaign]
  end

  -- `field`: of the campaign; `kind`: its letter by the minute (minutes_note.lua).
  function brought(campaign, field, kind, at, n)
    count_on(campaign, field, n)
    local of, minute = minutes_of(campaign), kind .. math.floor(at / 60000)
    of[minute] = of[minute] or {kind = kind, at = at, n = 0}
    of[minute].n = of[minute].n + n
  end

  local function write_list(key, places)
    local put, gone = {}, {}
    for id, score in pairs(places) do
      if score then put[#put + 1], put[#put + 2] = score, id else gone[#gone + 1] = id end
    end
    if #put > 0 then redis.call('ZADD', key, unpack(put)) end
    if #gone > 0 then redis.call('ZREM', key, unpack(gone)) end
  end

  local function ids_of(set, with)
    local list = {}
    for id, score in pairs(set) do
      if with then list[#list + 1] = score end
      list[#list + 1] = id
    end
    return list
  end

  local function write_marks(key, of)
    local put, gone, n = ids_of(of.put, true), ids_of(of.gone, false), 0
    if #gone > 0 then n = n - redis.call('ZREM', key, unpack(gone)) end
    if #put > 0 then n = n + redis.call('ZADD', key, 'NX', unpack(put)) end
    count_on(of.counts, of.tag, n)
  end

  local function write_counts()
    for key, fields in pairs(counts) do
      for field, n in pairs(fields) do
        if n ~= 0 then redis.call('HINCRBY', key, field, n) end
      end
    end
  end

  function write_together(prefix)
    write_noted()
    if last_id >= next_id then redis.call('DECRBY', prefix .. 'id:conv', last_id - next_id + 1) end
    for key, places in pairs(lists) do write_list(key, places) end
    for key, of in pairs(marks) do write_marks(key, of) end
    write_counts()
    for campaign, of in pairs(minutes) do
      for _, m in pairs(of) do note_minute(campaign, m.kind, m.at, m.n) end
    end
  end
end
