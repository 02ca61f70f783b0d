-- (after events.lua, follow_changed.lua, place_rooms.lua) Pledges: who comes to a session (docs/adr/0052). A part that is put in front of other scripts.
--
-- pledge:{session}    hash: number → record (JSON, below), '@' and person → number, `last`, `turn`; `lost`, `era`: how many numbers were left out
--                     when the store went back, and when that was
-- pledge:{session}:w  zset: numbers that wait, by whose turn it is
-- pledgers            hash: person → 'session:number session:number …'
-- pledges:untold      zset: 'session:number' of whom a text is due to, by when
-- pledges:sessions    zset: sessions that have any, by their end
-- pledges:day:{day}   hash: how many of a day's sessions (UTC): 'p place hour state', 'g state group'; 'f place hour state group': of these, people of
--                     another group than the place's; 'm minute': made in that minute of the day
-- pledges:from:{place} hash: 'state group' → how many people of other groups than the place's, of all its sessions; as long as the place is there
--
-- record: p person, '' = forgotten; g group; s state; b by; y way; t made [wall ms]; l name; gw gateway; sd sender; tell: the text that
-- is due; q: since when [wall ms]; asked: the last one [wall ms]; told: reminders that went, each with the start that it was about; knows: when and where, as they
-- were told; texts: how many; k: where it is counted; f: they are of another
-- group than the place, and counted as such
local P, NOW = ARGV[1], tonumber(ARGV[2])
local DAY_MS, HOUR_MS, MINUTE_MS, COUNTS_KEPT_MS = 86400000, 3600000, 60000, 400 * 86400000
local OPEN = {coming = true, waiting = true}

local function key_of(session) return P .. 'pledge:' .. session end
local function name_of(session, n) return session .. ':' .. n end

local function decoded(hash, id)
  local text = redis.call('HGET', P .. hash, id)
  return text and cjson.decode(text) or nil
end

local function read(session, n)
  local text = redis.call('HGET', key_of(session), n)
  return text and cjson.decode(text) or nil
end
local function write(session, n, r) redis.call('HSET', key_of(session), n, cjson.encode(r)) end

-- ---- how many

local function counted_at(s)
  local day = math.floor(s.start / DAY_MS)
  return string.format('%d %d %d', day, s.place, math.floor(s.start % DAY_MS / HOUR_MS))
end

local function keep_counts(key, day)
  redis.call('PEXPIRE', key, string.format('%d', math.max(day * DAY_MS - NOW, 0) + COUNTS_KEPT_MS))
end

local function count(r, state, by)
  local day, place, hour = string.match(r.k, '^(%d+) (%d+) (%d+)$')
  local key = P .. 'pledges:day:' .. day
  redis.call('HINCRBY', key, 'p ' .. place .. ' ' .. hour .. ' ' .. state, by)
  redis.call('HINCRBY', key, 'g ' .. state .. ' ' .. r.g, by)
  if r.f then
    redis.call('HINCRBY', key, string.format('f %s %s %s %s', place, hour, state, r.g), by)
    redis.call('HINCRBY', P .. 'pledges:from:' .. place, state .. ' ' .. r.g, by)
  end
  keep_counts(key, day)
end

local function count_made()
  local day = math.floor(NOW / DAY_MS)
  local key = P .. 'pledges:day:' .. string.format('%d', day)
  redis.call('HINCRBY', key, string.format('m %d', math.floor(NOW % DAY_MS / MINUTE_MS)), 1)
  keep_counts(key, day)
end

-- Whose place it is.
local function group_of(s)
  local place = decoded('places', string.format('%d', s.place))
  return place and place.group or ''
end

-- ---- a pledge goes to another state

local NO_ROOM = {gone = true, off = true, waiting = true}
local function room_of(state) return NO_ROOM[state] and 0 or 1, state == 'waiting' and 1 or 0 end

local function queue_text(session, n, r, what)
  r.tell, r.q = what, NOW
  redis.call('ZADD', P .. 'pledges:untold', NOW, name_of(session, n))
end

-- `was`: nil of a new one. Writes it.
local function go_to(session, n, r, s, state, by)
  local was = r.s
  local p0, w0 = 0, 0
  if was then
    p0, w0 = room_of(was)
    count(r, was, -1)
  end
  local p1, w1 = room_of(state)
  local owner = s and group_of(s) or r.g
  r.s = state
  if s and OPEN[state] then r.k, r.f = counted_at(s), r.g ~= owner and true or nil end
  count(r, state, 1)
  if s and (p1 ~= p0 or w1 ~= w0) then rooms_move(P, session, p1 - p0, w1 - w0, 0) end
  if w1 > w0 then
    redis.call('ZADD', key_of(session) .. ':w', redis.call('HINCRBY', key_of(session), 'turn', 1), n)
  elseif w1 < w0 then
    redis.call('ZREM', key_of(session) .. ':w', n)
  end
  write(session, n, r)
  tell(P, 'pledge', session, owner, state, by)
end

local function has_room(session, s)
  local capacity = s.capacity or 0
  return capacity == 0 or rooms(P, session) < capacity
end

-- Those who wait move up while there is room. Returns how many did.
local function move_up(session, s)
  local moved = 0
  while not s.cancelled and s['end'] > NOW and has_room(session, s) do
    local first = redis.call('ZRANGE', key_of(session) .. ':w', 0, 0)[1]
    if not first then break end
    local r = read(session, first)
    queue_text(session, first, r, 'up')
    go_to(session, first, r, s, 'coming', '')
    moved = moved + 1
  end
  return moved
end

-- ---- what they were told

-- The store went back after that (store/mark), and what it says of then is older: they may have been told, and are not told again.
local function is_perhaps_told(at_ms)
  return at_ms <= tonumber(redis.call('HGET', P .. 'store', 'era') or '-1')
end

local function mark_of(what, s) return what .. string.format(':%d,', s.start) end
local function when_and_where(s) return string.format('%d ', s.start) .. (s.meeting_point or '') end

-- Something that is told to all of a session: a reminder, that it is off, that it is elsewhere or at another time.
local OF_ALL = {day = true, hours = true, off = true, moved = true}
local function is_due_of_all(r, what, s)
  if r.p == '' or not OPEN[r.s] then return false end
  if what == 'off' then return s.cancelled end
  if what == 'moved' then return r.knows and r.knows ~= when_and_where(s) end
  return r.s == 'coming' and not string.find(r.told, mark_of(what, s), 1, true)
end

-- ---- made, and cancelled

-- Who came or did not stays so, and is not asked again.
local function why_not(s)
  if not s then return 'missing' end
  if s.cancelled then return 'off' end
  if s['end'] <= NOW then return 'over' end
end

local function remember(person, session, n)
  local known = redis.call('HGET', P .. 'pledgers', person)
  redis.call('HSET', P .. 'pledgers', person, (known and known .. ' ' or '') .. name_of(session, n))
end

local function pledges_of(person)
  local all = {}
  for session, n in string.gmatch(redis.call('HGET', P .. 'pledgers', person) or '', '(%d+):(%d+)') do
    all[#all + 1] = {session = session, n = n}
  end
  return all
end

-- Who writes in a conversation of those groups ('' = all, ',a,b,' = these): {person, group, gateway, sender, name}; nil: there is none, or nobody
-- who can be told of it.
local function person_of(conversation, groups)
  local c = redis.call('HMGET', P .. 'conv:' .. conversation, 'number', 'group', 'gateway', 'sender', 'name', 'who')
  local may = c[2] and (groups == '' or string.find(groups, ',' .. c[2] .. ',', 1, true))
  return may and (c[6] == 'number' or c[6] == 'user_id') and c or nil
end

-- Numbers stand in the links that people have. When the store went back (store/mark), those that were lost are not given again: their holders
-- would see, and could cancel, somebody else's. Returns how many numbers were given.
local NUMBERS_LOST = 2000 -- of a session; more than may have been given in what was lost
local function given(key)
  local era = redis.call('HGET', P .. 'store', 'era')
  local was = redis.call('HMGET', key, 'last', 'lost', 'era')
  local last, lost = tonumber(was[1] or '0'), tonumber(was[2] or '0')
  if era and era ~= was[3] then
    last, lost = last + NUMBERS_LOST, lost + NUMBERS_LOST
    redis.call('HSET', key, 'last', last, 'lost', lost, 'era', era)
  end
  return last - lost
end

-- A number for somebody who has none there; nil, and why: too many.
local function allot(session, person, s, bounds)
  local key = key_of(session)
  if given(key) >= bounds.session then return nil, 'full' end
  if #pledges_of(person) >= bounds.person then return nil, 'many' end
  local n = string.format('%d', redis.call('HINCRBY', key, 'last', 1))
  redis.call('HSET', key, '@' .. person, n)
  redis.call('ZADD', P .. 'pledges:sessions', s['end'], session)
  remember(person, session, n)
  return n
end

local function answer(how, n, r) return {how, tonumber(n), r.s, r.g} end

-- Whom a campaign's text told of that session counts there no more: they pledged (store/place/offer.lua).
local function take_offer(ask)
  local key, at = P .. 'c:' .. ask.campaign .. ':near', 4 * ask.index
  local bytes = redis.call('GETRANGE', key, at, at + 3)
  if #bytes < 4 or struct.unpack('<I4', bytes) ~= tonumber(ask.session) then return end
  redis.call('SETRANGE', key, at + 3, string.char(string.byte(bytes, 4) + 128))
  rooms_move(P, ask.session, 0, 0, -1)
end

-- ask: session person group by way name gateway sender, campaign and index whose text offered it, bounds {session, person}. Returns {"made" | "again", number, state,
-- group} or {why not}
local function make(ask)
  local s = decoded('sessions', ask.session)
  local no = why_not(s)
  if no then return {no} end
  local n, r = redis.call('HGET', key_of(ask.session), '@' .. ask.person), nil
  if n then
    r = read(ask.session, n)
    if r.s ~= 'gone' and r.s ~= 'off' then return answer('again', n, r) end
  else
    local full
    n, full = allot(ask.session, ask.person, s, ask.bounds)
    if not n then return {full} end
  end
  local group = ask.group
  if group == '' and ask.campaign then group = redis.call('HGET', P .. 'c:' .. ask.campaign, 'group') or '' end
  if group == '' then group = redis.call('HGET', P .. 'groupof', ask.person) or '' end
  if group == '' then group = group_of(s) end
  local new = {p = ask.person, g = r and r.g or group, s = r and r.s, b = ask.by, y = ask.way, t = NOW, l = ask.name, gw = ask.gateway, sd = ask.sender,
    told = r and r.told or '', texts = r and r.texts or 0, asked = r and r.asked or 0, k = r and r.k, f = r and r.f}
  local state = has_room(ask.session, s) and 'coming' or 'waiting'
  queue_text(ask.session, n, new, state == 'coming' and 'made' or 'wait')
  if ask.campaign then take_offer(ask) end
  go_to(ask.session, n, new, s, state, ask.by)
  count_made()
  return answer('made', n, new)
end

-- Returns {"gone" | "again", number, state, group} or {why not}
local function cancel(session, n, by, says)
  local r, s = read(session, n), decoded('sessions', session)
  if not r or r.p == '' then return {'missing'} end
  if r.s == 'gone' or r.s == 'off' then return answer('again', n, r) end
  if not OPEN[r.s] or not s or s['end'] <= NOW then return {'over'} end
  r.tell = nil
  redis.call('ZREM', P .. 'pledges:untold', name_of(session, n))
  if says then queue_text(session, n, r, 'gone') end
  local was = r.s
  go_to(session, n, r, s, 'gone', by)
  if was == 'coming' then move_up(session, s) end
  return answer('gone', n, r)
end

-- ---- what is read: {session, place, rooms, next page or 0, {number, record, …}}; {}: there is no such session

local function place_text(s) return redis.call('HGET', P .. 'places', string.format('%d', s.place)) or '' end

-- From `from` on, `count` of them at most, those that `wanted` says.
local function view(session, from, count, wanted)
  local text = redis.call('HGET', P .. 'sessions', session)
  if not text then return {} end
  local s, found = cjson.decode(text), {}
  local last = tonumber(redis.call('HGET', key_of(session), 'last') or '0')
  local n, looked = from - 1, 0
  while n < last and looked < count do -- numbers that nobody has cost nothing
    n = n + 1
    local record = redis.call('HGET', key_of(session), n)
    if record then looked = looked + 1 end
    if record and wanted(cjson.decode(record), s) then
      found[#found + 1], found[#found + 2] = n, record
    end
  end
  return {text, place_text(s), redis.call('HGET', P .. 'rooms', session) or '', n < last and n or 0, found}
end
