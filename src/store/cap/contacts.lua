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
local CONTACT_DAY, CONTACT_WEEK, CONTACT_LONG_AGO = 1440, 10080, 43200 -- [minutes]
local CONTACT_MINUTES, CONTACT_HOURS = 65535, 255
local CONTACT_PRINT, CONTACT_BUCKETS, CONTACT_PEOPLE, CONTACT_SPLITS = 5, 256, 24, 16
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

-- [minutes since 1970] of an older one: the last time before the newest that its byte may mean.
local function contact_older(hour_byte, newest)
  local hour = ceil(newest / 60)
  return 60 * (hour - (hour + 1 - hour_byte) % CONTACT_HOURS)
end

local function contact_minute(minute)
  local m = minute % CONTACT_MINUTES + 1
  return char(m % 256, floor(m / 256))
end

local function contact_hour(minute) return char(ceil(minute / 60) % CONTACT_HOURS + 1) end

-- The contacts of a history in the last week [minutes since 1970], the newest first; "" has none.
local function contact_list(history, minute)
  if history == '' then return {} end
  local newest = contact_newest(history, 1, minute)
  if minute - newest >= CONTACT_WEEK then return {} end
  local list = {newest}
  for p = 3, #history do
    local hour = byte(history, p)
    local older = hour > 0 and contact_older(hour, newest)
    if not older or minute - older >= CONTACT_WEEK then break end
    list[#list + 1] = older
  end
  return list
end

local function contact_history(list, times)
  local hours = {}
  for i = 2, math.min(#list, times) do hours[#hours + 1] = contact_hour(list[i]) end
  return contact_minute(list[1]) .. table.concat(hours) .. sub(CONTACT_NONE, 1, times - 1 - #hours)
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

-- Parts a bucket in two: who stays, who goes to the bucket `to` when there are `of` places.
local function contact_part(bucket, from, to, of)
  if bucket == '' then return '', '' end
  local width, head = 5 + byte(bucket), sub(bucket, 1, 1)
  local stay, go = {head}, {head}
  for at = 2, #bucket, width do
    local a, b, c = byte(bucket, at, at + 2)
    local goes = (from % CONTACT_BUCKETS + CONTACT_BUCKETS * (a + 256 * b + 65536 * c)) % of == to
    local list = goes and go or stay
    list[#list + 1] = sub(bucket, at, at + width - 1)
  end
  return #stay > 1 and table.concat(stay) or '', #go > 1 and table.concat(go) or ''
end

-- The book, open at some people: prints, one behind another; who it is, is a number from 1. minute: now [since 1970].
local function contacts_open(key, prints, minute)
  local head = redis.call('HMGET', key, 'buckets', 'people', 'at')
  local long_ago = head[3] and minute - tonumber(head[3]) >= CONTACT_LONG_AGO -- all of it: and minutes begin again
  local buckets = long_ago and CONTACT_BUCKETS or tonumber(head[1] or CONTACT_BUCKETS)
  local half = CONTACT_BUCKETS -- the largest power of two that is not above the number of buckets
  while 2 * half <= buckets do half = 2 * half end

  local of, bytes, bucket = {}, {byte(prints, 1, -1)}, {}
  for p = CONTACT_PRINT, #prints, CONTACT_PRINT do
    local b = (bytes[p] + CONTACT_BUCKETS * (bytes[p - 4] + 256 * bytes[p - 3] + 65536 * bytes[p - 2])) % (2 * half)
    of[#of + 1] = format('%d', b < buckets and b or b - half)
  end
  local found = long_ago and {} or redis.call('HMGET', key, unpack(of))
  for i = 1, #of do bucket[of[i]] = found[i] or '' end
  return {
    key = key, prints = prints, minute = minute, long_ago = long_ago,
    buckets = buckets, half = half, people = long_ago and 0 or tonumber(head[2] or '0'),
    of = of, -- in which bucket somebody is: the field's name, since Redis makes a text of a number at each use
    bucket = bucket, changes = {}, changed = {}, -- by its number; which ones
    seen = 0, -- whoever was looked at last
    age = {}, older = {}, -- by history: how old the newest contact is [minutes], how many older ones are of the last week
    after = {}, when = 0, -- and what it becomes by one more contact, at that minute
  }
end

local function contact_print(book, i) return sub(book.prints, CONTACT_PRINT * i - 4, CONTACT_PRINT * i - 1) end

-- Where somebody's entry begins (0 = they have none), and their history ("" = none).
local function contact_look(book, i)
  if book.seen == i then return book.seen_at, book.history end
  local b, history = book.bucket[book.of[i]], ''
  local print = sub(book.prints, CONTACT_PRINT * i - 4, CONTACT_PRINT * i - 1) -- contact_print
  local at = find(b, print, 2, true)
  if at then
    local times = byte(b)
    while at and (at - 2) % (5 + times) ~= 0 do at = find(b, print, at + 1, true) end
    if at then history = sub(b, at + 4, at + 4 + times) end
  end
  book.seen, book.seen_at, book.history = i, at or 0, history
  return at or 0, history
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

local function contact_put(book, b, text)
  book.bucket[b], book.seen = text, 0
  if not book.changed[b] then
    book.changed[b] = true
    book.changes[#book.changes + 1] = b
  end
end

-- A cap as contacts_full takes it; 0 = none.
local function cap_limits(day, week)
  local d, w = tonumber(day), tonumber(week)
  return d > 0 and d or math.huge, w > 0 and w or math.huge
end

-- Whether one more contact now would be more than `day` in 24 hours or `week` in 7 days.
local function contacts_full(book, i, day, week)
  local _, history = contact_look(book, i)
  local age = contact_age(book, history)
  if age >= CONTACT_WEEK then return false end
  local older = book.older[history]
  if older + 1 >= week then return true end
  if age >= CONTACT_DAY or day > older + 1 then return false end
  if day == 1 then return true end
  return book.minute - contact_list(history, book.minute)[day] < CONTACT_DAY
end

-- A history with one more contact.
local function contact_after(book, history, when, times)
  if book.when ~= when then book.after, book.when = {}, when end
  local known = history == '' and times or history
  local after = book.after[known]
  if not after then
    local list = contact_list(history, book.minute)
    table.insert(list, 1, math.max(when, list[1] or when))
    after = contact_history(list, times)
    book.after[known] = after
  end
  return after
end

-- A contact at `when` [minutes since 1970], and so many are to be known of each.
local function contacts_add(book, i, when, times)
  local b, of = book.bucket[book.of[i]], book.of[i]
  local n = byte(b) or times
  if n < times then
    contact_put(book, of, contact_widen(b, times))
    b, n = book.bucket[of], times
  end
  local at, history = contact_look(book, i)
  local after = contact_after(book, history, when, n)
  if at == 0 then
    book.people = book.people + 1
    contact_put(book, of, (b == '' and char(times) or b) .. contact_print(book, i) .. after)
  else
    contact_put(book, of, sub(b, 1, at + 3) .. after .. sub(b, at + 5 + n))
  end
end

-- A contact was none: their oldest since then goes. It is the right one, or one before it: so what stays says no less.
local function contacts_take_back(book, i, since)
  local at, history = contact_look(book, i)
  if at == 0 or book.minute - since >= CONTACT_WEEK then return end
  local b = book.bucket[book.of[i]]
  local list, width = contact_list(history, book.minute), 5 + byte(b)
  local last = #list
  while last > 0 and list[last] < since do last = last - 1 end
  if last == 0 then return end
  table.remove(list, last)
  local entry = #list > 0 and contact_print(book, i) .. contact_history(list, byte(b)) or ''
  if entry == '' then book.people = book.people - 1 end
  contact_put(book, book.of[i], #entry + #b - width > 1 and sub(b, 1, at - 1) .. entry .. sub(b, at + width) or '')
end

local function contacts_remove(book, i)
  local at, b = contact_look(book, i), book.bucket[book.of[i]]
  if at == 0 then return end
  book.people = book.people - 1
  contact_put(book, book.of[i], #b - 6 > byte(b) and sub(b, 1, at - 1) .. sub(b, at + 5 + byte(b)) or '')
end

-- contacts_full, as if contacts_take_back had been done.
local function contacts_full_without(book, i, since, day, week)
  local b, people = book.bucket[book.of[i]], book.people
  contacts_take_back(book, i, since)
  local full = contacts_full(book, i, day, week)
  book.bucket[book.of[i]], book.people, book.seen = b, people, 0
  return full
end

local function contacts_split(book)
  local from, to = book.buckets - book.half, book.buckets
  local stays, goes = format('%d', from), format('%d', to)
  local b = book.bucket[stays] or not book.long_ago and redis.call('HGET', book.key, stays) or ''
  local stay, go = contact_part(b, from, to, 2 * book.half)
  contact_put(book, stays, stay)
  contact_put(book, goes, go)
  book.buckets = to + 1
  if book.buckets == 2 * book.half then book.half = book.buckets end
end

local function contacts_save(book)
  if #book.changes == 0 then return end
  if book.long_ago then redis.call('DEL', book.key) end
  for _ = 1, CONTACT_SPLITS do
    if book.people > CONTACT_PEOPLE * book.buckets then contacts_split(book) end
  end
  local set, gone = {'buckets', book.buckets, 'people', book.people, 'at', string.format('%d', book.minute)}, {}
  for k = 1, #book.changes do
    local b = book.changes[k]
    local text = book.bucket[b]
    if text == '' then
      gone[#gone + 1] = b
    else
      set[#set + 1] = b
      set[#set + 1] = text
    end
  end
  redis.call('HSET', book.key, unpack(set))
  if #gone > 0 then redis.call('HDEL', book.key, unpack(gone)) end
end
