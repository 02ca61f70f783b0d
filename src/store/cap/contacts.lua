-- The book of contacts: when campaigns texted each person last, whichever group or campaign it was (docs/adr/0041). It stands
-- before every script that reads or writes it.
--
-- It is one hash, a field per bucket of some 24 people. A bucket: how many contacts each entry holds (one byte, n), then the
-- entries, one behind another. An entry: the first 4 bytes of a print (core/cap.h), the newest contact [minutes since 1970,
-- modulo 65535, and 1], and n - 1 older ones, the newest first [hours, rounded up, modulo 255, and 1; 0 = there is none].
-- What is rounded is rounded to later: so the cap is never exceeded, and may last an hour longer where it is about older ones.
--
-- Buckets are split one after another as people come (linear hashing), a few in a call: the book never stands still to grow.
-- Fields besides the buckets: buckets, people (entries), at (the minute of the last change), swept (the next bucket that the
-- sweep looks at).
local CONTACT_DAY, CONTACT_WEEK, CONTACT_LONG_AGO = 1440, 10080, 43200 -- [minutes]
local CONTACT_MINUTES, CONTACT_HOURS = 65535, 255
local CONTACT_PRINT, CONTACT_BUCKETS, CONTACT_PEOPLE, CONTACT_SPLITS = 5, 256, 24, 16
local CONTACT_NONE = string.rep('\0', 32)
local byte, char, find, sub, ceil, floor = string.byte, string.char, string.find, string.sub, math.ceil, math.floor

-- [minutes since 1970] of the entry's newest contact; later than `minute` when Redis' clock was set back since.
local function contact_newest(bucket, at, minute)
  local low, high = byte(bucket, at + 4, at + 5)
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

-- How old an entry's newest contact is [minutes]; how many older ones are of the last week.
local function contact_age(bucket, at, minute)
  local newest, n = contact_newest(bucket, at, minute), 0
  if minute - newest >= CONTACT_WEEK then return CONTACT_WEEK, 0 end
  for p = at + 6, at + 4 + byte(bucket) do
    local hour = byte(bucket, p)
    if hour == 0 or minute - contact_older(hour, newest) >= CONTACT_WEEK then break end
    n = n + 1
  end
  return minute - newest, n
end

-- The contacts of an entry in the last week [minutes since 1970], the newest first.
local function contact_list(bucket, at, minute)
  local newest = contact_newest(bucket, at, minute)
  if minute - newest >= CONTACT_WEEK then return {} end
  local list = {newest}
  for p = at + 6, at + 4 + byte(bucket) do
    local hour = byte(bucket, p)
    local older = hour > 0 and contact_older(hour, newest)
    if not older or minute - older >= CONTACT_WEEK then break end
    list[#list + 1] = older
  end
  return list
end

local function contact_entry(print, list, times)
  local hours = {}
  for i = 2, math.min(#list, times) do hours[#hours + 1] = contact_hour(list[i]) end
  return print .. contact_minute(list[1]) .. table.concat(hours) .. sub(CONTACT_NONE, 1, times - 1 - #hours)
end

-- A bucket without those whose contacts are all older than a week; "" = nobody is left.
local function contact_fresh(bucket, minute)
  local width, entries = 5 + byte(bucket), {sub(bucket, 1, 1)}
  for at = 2, #bucket, width do
    if minute - contact_newest(bucket, at, minute) < CONTACT_WEEK then
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
    table.insert(goes and go or stay, sub(bucket, at, at + width - 1))
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
    of[#of + 1] = b < buckets and b or b - half
  end
  local found = long_ago and {} or redis.call('HMGET', key, unpack(of))
  for i = 1, #of do bucket[of[i]] = found[i] or '' end
  return {
    key = key, prints = prints, minute = minute, long_ago = long_ago,
    buckets = buckets, half = half, people = long_ago and 0 or tonumber(head[2] or '0'),
    of = of, -- in which bucket somebody is
    bucket = bucket, changes = {}, changed = {}, -- by its number; which ones
    seen = 0, -- whoever was looked at last
  }
end

local function contact_print(book, i) return sub(book.prints, CONTACT_PRINT * i - 4, CONTACT_PRINT * i - 1) end

-- Where somebody's entry begins (0 = they have none), how old the newest contact is [minutes], and how many older ones are of
-- the last week.
local function contact_look(book, i)
  if book.seen == i then return book.seen_at, book.seen_age, book.seen_older end
  local b, print = book.bucket[book.of[i]], contact_print(book, i)
  local at, age, older = find(b, print, 2, true), CONTACT_WEEK, 0
  if at and (at - 2) % (5 + byte(b)) ~= 0 then
    repeat at = find(b, print, at + 1, true) until not at or (at - 2) % (5 + byte(b)) == 0
  end
  if at then age, older = contact_age(b, at, book.minute) end
  book.seen, book.seen_at, book.seen_age, book.seen_older = i, at or 0, age, older
  return at or 0, age, older
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
  local at, age, older = contact_look(book, i)
  if age >= CONTACT_WEEK then return false end
  if older + 1 >= week then return true end
  if age >= CONTACT_DAY or day > older + 1 then return false end
  if day == 1 then return true end
  local list = contact_list(book.bucket[book.of[i]], at, book.minute)
  return book.minute - list[day] < CONTACT_DAY
end

-- A contact at `when` [minutes since 1970], and so many are to be known of each.
local function contacts_add(book, i, when, times)
  local b, of = book.bucket[book.of[i]], book.of[i]
  local n = byte(b) or times
  if n < times then
    contact_put(book, of, contact_widen(b, times))
    b, n = book.bucket[of], times
  end
  local at, age, older = contact_look(book, i)
  if at == 0 then
    book.people = book.people + 1
    if b == '' then b = char(times) end
    contact_put(book, of, b .. contact_print(book, i) .. contact_minute(when) .. sub(CONTACT_NONE, 1, n - 1))
    return
  end
  local rest = ''
  if n > 1 and age < CONTACT_WEEK then
    local newest = book.minute - age
    if when < newest then when = newest end
    rest = contact_hour(newest) .. sub(b, at + 6, at + 5 + math.min(older, n - 2))
  end
  if #rest < n - 1 then rest = rest .. sub(CONTACT_NONE, 1, n - 1 - #rest) end
  contact_put(book, of, sub(b, 1, at + 3) .. contact_minute(when) .. rest .. sub(b, at + 5 + n))
end

-- A contact was none: their oldest since then goes. It is the right one, or one before it: so what stays says no less.
local function contacts_take_back(book, i, since)
  local at = contact_look(book, i)
  if at == 0 or book.minute - since >= CONTACT_WEEK then return end
  local b = book.bucket[book.of[i]]
  local list, width = contact_list(b, at, book.minute), 5 + byte(b)
  local last = #list
  while last > 0 and list[last] < since do last = last - 1 end
  if last == 0 then return end
  table.remove(list, last)
  local entry = #list > 0 and contact_entry(sub(b, at, at + 3), list, byte(b)) or ''
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
  local b = book.bucket[from] or not book.long_ago and redis.call('HGET', book.key, from) or ''
  local stay, go = contact_part(b, from, to, 2 * book.half)
  contact_put(book, from, stay)
  contact_put(book, to, go)
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
