-- (after conv_common.lua, minutes_note.lua) What the events of a call have in common is written once, when all of them are done:
-- their places in the lists of the inbox, and the counts of their campaigns and tags.
--
-- A key of the wrong kind fails the event that needs it first, and each after it, as if it had been written at once: so
-- the writing at the end cannot fail.
local lists, counts, minutes = {}, {}, {}

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

local function minutes_of(campaign)
  if not minutes[campaign] then
    redis.call('HLEN', campaign .. ':minutes')
    minutes[campaign] = {}
  end
  return minutes[campaign]
end

-- `field`: of the campaign; `kind`: its letter by the minute (minutes_note.lua).
local function brought(campaign, field, kind, at, n)
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

local function write_together()
  for key, places in pairs(lists) do write_list(key, places) end
  for key, fields in pairs(counts) do
    for field, n in pairs(fields) do redis.call('HINCRBY', key, field, n) end
  end
  for campaign, of in pairs(minutes) do
    for _, m in pairs(of) do note_minute(campaign, m.kind, m.at, m.n) end
  end
end
