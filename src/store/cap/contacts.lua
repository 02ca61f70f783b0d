-- The book of contacts: when campaigns texted each person last, whichever group or campaign it was (docs/adr/0041). It stands
-- before every script that reads or writes it.
--
-- It is one hash, a field per bucket of some 24 people. A bucket: how many contacts each entry holds (one byte, n), then the
-- entries, one behind another. An entry: the first 4 bytes of a print (core/cap.h), the newest contact [minutes since 1970,
-- modulo 65535, and 1], and n - 1 older ones, the newest first [hours, rounded up, modulo 255, and 1; 0 = there is none].
-- What is rounded is rounded to later: so the cap is never exceeded, and may last an hour longer where it is about older ones.
-- An entry without its print is a history here. People of one list mostly have the same, so what one says, and what becomes
-- of it, is worked out once in a call (docs/adr/0078).
--
-- Buckets are split one after another as people come (linear hashing), a few in a call: the book never stands still to grow.
-- Fields besides the buckets: buckets, people (entries), at (the minute of the last change), swept (the next bucket that the
-- sweep looks at).
local CONTACT_DAY, CONTACT_WEEK = 1440, 10080 -- [minutes]
local CONTACT_MINUTES, CONTACT_HOURS = 65535, 255
local CONTACT_BUCKETS = 256 -- at first
local CONTACT_NONE = string.rep('\0', 32)
local byte, char, find, sub, format = string.byte, string.char, string.find, string.sub, string.format
local ceil, floor = math.ceil, math.floor

-- [minutes since 1970] of the newest contact of the history that begins there; later than `minute` when Redis' clock was set
-- back since.
local function contact_newest(text, at, minute)
  local low, high = byte(text, at, at + 1)
  local age = (minute + 1 - low - 256 * high) % CONTACT_MINUTES
  return age > CONTACT_MINUTES - CONTACT_WEEK and minute + CONTACT_MINUTES - age or minute - age
end

-- The contacts of a history in the last week [minutes since 1970], the newest first; "" has none.
local function contact_list(history, minute)
  if history == '' then return {} end
  local newest = contact_newest(history, 1, minute)
  if minute - newest >= CONTACT_WEEK then return {} end
  local list = {newest}
  for p = 3, #history do
    local is = byte(history, p)
    if is == 0 then break end
    local hour = ceil(newest / 60) -- an older one: the last time before the newest that its byte may mean
    local older = 60 * (hour - (hour + 1 - is) % CONTACT_HOURS)
    if minute - older >= CONTACT_WEEK then break end
    list[#list + 1] = older
  end
  return list
end

local function contact_history(list, times)
  local m, older = list[1] % CONTACT_MINUTES + 1, {}
  for i = 2, math.min(#list, times) do older[#older + 1] = char(ceil(list[i] / 60) % CONTACT_HOURS + 1) end
  return char(m % 256, floor(m / 256)) .. table.concat(older) .. sub(CONTACT_NONE, 1, times - 1 - #older)
end

-- A bucket without those whose contacts are all older than a week; "" = nobody is left.
local function contact_fresh(bucket, minute)
  local width, entries = 5 + byte(bucket), {sub(bucket, 1, 1)}
  for at = 2, #bucket, width do
    if minute - contact_newest(bucket, at + 4, minute) < CONTACT_WEEK then
      entries[#entries + 1] = sub(bucket, at, at + width - 1)
    end
  end
  return #entries > 1 and table.concat(entries) or ''
end

-- A bucket whose entries hold more contacts than they did.
local function contact_widen(bucket, times)
  local width, entries = 5 + byte(bucket), {char(times)}
  for at = 2, #bucket, width do
    entries[#entries + 1] = sub(bucket, at, at + width - 1) .. sub(CONTACT_NONE, 1, times + 5 - width)
  end
  return table.concat(entries)
end

-- Parts a bucket in two when there are 2 * half places: who stays, who goes. One bit of a print's first three bytes says it.
local function contact_part(bucket, half)
  if bucket == '' then return '', '' end
  local width, head, where, bit = 5 + byte(bucket), sub(bucket, 1, 1), 0, half / CONTACT_BUCKETS
  while bit >= 256 do where, bit = where + 1, bit / 256 end
  local stay, go = {head}, {head}
  local list, from = stay, 2 -- who is looked at goes into it; from there on they all do
  for at = 2, #bucket, width do
    local its = byte(bucket, at + where) % (2 * bit) < bit and stay or go
    if its ~= list then
      if at > from then list[#list + 1] = sub(bucket, from, at - 1) end
      list, from = its, at
    end
  end
  list[#list + 1] = sub(bucket, from)
  return #stay > 1 and table.concat(stay) or '', #go > 1 and table.concat(go) or ''
end

-- The book that is open: a call opens one. What is asked of each person stands here and not in its table, where each use would be
-- a look-up by name (docs/adr/0079).
local book_of = {} -- in which bucket somebody is: the field's name, since Redis makes a text of a number at each use
local book_prints = {} -- of each, as it stands in the book
local book_found = {} -- the bucket of each as it was; false, nil = none
local book_changed = {} -- buckets as they are now, by name ("" = gone); and these names, from 1
local book_full = {} -- by history: whether one more would be too many; all questions of a call are about one cap
-- Who was looked at last (0 = nobody): where their entry begins (0 = they have none), their history ("" = none), their bucket.
local seen, seen_at, seen_history, seen_bucket = 0, 0, '', ''

-- The book, open at some people: prints, one behind another; who it is, is a number from 1. minute: now [since 1970].
local function contacts_open(key, prints, minute)
  local PRINT, LONG_AGO = 5, 43200 -- [bytes] [minutes]
  local head = redis.call('HMGET', key, 'buckets', 'people', 'at')
  local long_ago = head[3] and minute - tonumber(head[3]) >= LONG_AGO -- all of it: and minutes begin again
  local buckets = long_ago and CONTACT_BUCKETS or tonumber(head[1] or CONTACT_BUCKETS)
  local half = CONTACT_BUCKETS -- the largest power of two that is not above the number of buckets
  while 2 * half <= buckets do half = 2 * half end

  local n, of, twice = #prints / PRINT, {}, 2 * half
  local numbers = {struct.unpack('<' .. string.rep('I4B', n), prints)}
  for i = 1, n do
    local b = (CONTACT_BUCKETS * numbers[2 * i - 1] + numbers[2 * i]) % twice
    of[i] = format('%d', b < buckets and b or b - half)
  end
  book_of, book_prints = of, {struct.unpack(string.rep('c4x', n), prints)}
  book_found = long_ago and {} or redis.call('HMGET', key, unpack(of))
  book_changed, book_full, seen = {}, {}, 0
  return {
    key = key, minute = minute, long_ago = long_ago, of = of,
    buckets = buckets, half = half, people = long_ago and 0 or tonumber(head[2] or '0'),
    age = {}, older = {}, -- by history: how old the newest contact is [minutes], how many older ones are of the last week
    after = {}, when = 0, -- and what it becomes by one more contact, at that minute
  }
end

-- Looks somebody up: what the book says of them stands in seen_… then.
local function contact_look(i)
  if seen == i then return end
  local b, print, history = book_changed[book_of[i]] or book_found[i] or '', book_prints[i], ''
  local at = find(b, print, 2, true)
  if at then
    local width = 5 + byte(b)
    while at and (at - 2) % width ~= 0 do at = find(b, print, at + 1, true) end
    if at then history = sub(b, at + 4, at + width - 1) end
  end
  seen, seen_at, seen_history, seen_bucket = i, at or 0, history, b
end

-- How old the newest contact of a history is [minutes]; book.older has how many older ones are of the last week.
local function contact_age(book, history)
  local age = book.age[history]
  if age then return age end
  local list = contact_list(history, book.minute)
  age = list[1] and book.minute - list[1] or CONTACT_WEEK
  book.age[history], book.older[history] = age, math.max(#list - 1, 0)
  return age
end

local function contact_put(b, text)
  if not book_changed[b] then book_changed[#book_changed + 1] = b end
  book_changed[b], seen = text, 0
end

-- A cap as contacts_full takes it; 0 = none.
local function cap_limits(day, week)
  local d, w = tonumber(day), tonumber(week)
  return d > 0 and d or math.huge, w > 0 and w or math.huge
end

-- Whether one more contact now would be more than `day` in 24 hours or `week` in 7 days.
local function contacts_full(book, i, day, week)
  contact_look(i)
  local full = book_full[seen_history]
  if full ~= nil then return full end
  local age = contact_age(book, seen_history)
  local known = book.older[seen_history] + 1
  full = age < CONTACT_WEEK and known >= week
    or age < CONTACT_DAY and known >= day and (day == 1 or book.minute - contact_list(seen_history, book.minute)[day] < CONTACT_DAY)
  book_full[seen_history] = full
  return full
end

-- What a history becomes by one more contact: of one that is "", by how many are to be known.
local function contact_after(book, history, when, times)
  if book.when ~= when then book.after, book.when = {}, when end
  local list = contact_list(history, book.minute)
  table.insert(list, 1, math.max(when, list[1] or when))
  local after = contact_history(list, times)
  book.after[history == '' and times or history] = after
  return after
end

-- A contact at `when` [minutes since 1970], and so many are to be known of each.
local function contacts_add(book, i, when, times)
  contact_look(i)
  local n = byte(seen_bucket) or times
  if n < times then
    contact_put(book_of[i], contact_widen(seen_bucket, times))
    contact_look(i)
    n = times
  end
  local at, b = seen_at, seen_bucket
  local after = book.when == when and book.after[at > 0 and seen_history or n] or contact_after(book, seen_history, when, n)
  if at > 0 then
    contact_put(book_of[i], sub(b, 1, at + 3) .. after .. sub(b, at + 5 + n))
  else
    book.people = book.people + 1
    contact_put(book_of[i], (b == '' and char(times) or b) .. book_prints[i] .. after)
  end
end

-- A contact was none: their oldest since then goes. It is the right one, or one before it: so what stays says no less.
local function contacts_take_back(book, i, since)
  contact_look(i)
  if seen_at == 0 or book.minute - since >= CONTACT_WEEK then return end
  local at, b, list = seen_at, seen_bucket, contact_list(seen_history, book.minute)
  local last, width = #list, 5 + byte(b)
  while last > 0 and list[last] < since do last = last - 1 end
  if last == 0 then return end
  table.remove(list, last)
  local entry = #list > 0 and book_prints[i] .. contact_history(list, byte(b)) or ''
  if entry == '' then book.people = book.people - 1 end
  contact_put(book_of[i], #entry + #b - width > 1 and sub(b, 1, at - 1) .. entry .. sub(b, at + width) or '')
end

local function contacts_remove(book, i)
  contact_look(i)
  local at, b = seen_at, seen_bucket
  if at == 0 then return end
  book.people = book.people - 1
  contact_put(book_of[i], #b - 6 > byte(b) and sub(b, 1, at - 1) .. sub(b, at + 5 + byte(b)) or '')
end

-- contacts_full, as if contacts_take_back had been done.
local function contacts_full_without(book, i, since, day, week)
  contact_look(i)
  local b, people = seen_bucket, book.people
  contacts_take_back(book, i, since)
  local full = contacts_full(book, i, day, week)
  if seen_bucket ~= b then contact_put(book_of[i], b) end
  book.people = people
  return full
end

local function contacts_split(book)
  local from, to = book.buckets - book.half, book.buckets
  local stays, goes = format('%d', from), format('%d', to)
  local b = book_changed[stays] or not book.long_ago and redis.call('HGET', book.key, stays) or ''
  local stay, go = contact_part(b, book.half)
  contact_put(stays, stay)
  contact_put(goes, go)
  book.buckets = to + 1
  if book.buckets == 2 * book.half then book.half = book.buckets end
end

local function contacts_save(book)
  local PEOPLE, SPLITS = 24, 16 -- in a bucket, in a call
  if #book_changed == 0 then return end
  if book.long_ago then redis.call('DEL', book.key) end
  for _ = 1, SPLITS do
    if book.people > PEOPLE * book.buckets then contacts_split(book) end
  end
  local set, gone = {'buckets', book.buckets, 'people', book.people, 'at', string.format('%d', book.minute)}, {}
  local n = #set
  for k = 1, #book_changed do
    local b = book_changed[k]
    local text = book_changed[b]
    if text == '' then
      gone[#gone + 1] = b
    else
      set[n + 1], set[n + 2], n = b, text, n + 2
    end
  end
  redis.call('HSET', book.key, unpack(set))
  if #gone > 0 then redis.call('HDEL', book.key, unpack(gone)) end
end
