-- Stands before the gate: two laws make a slot. The pace (GCRA): one number, `tat`, the time of the next slot; each grant
-- moves it on by one interval, so that messages are spread evenly. And the record of the last second: how many slots were
-- given in every 2 ms of it, never more than the rate in any WINDOW. The pace may lag by up to CREDIT, so that what a
-- stall lost is caught up with, a quarter faster than the pace, and the record still holds the rate exactly. Slots that
-- nobody used (the dispatcher came too late) are given back, and what left later than its slot moves to where it left
-- (moved.lua).
--
-- A limiter is a hash (tat, at, hold, factor, edge, used) and a string {key}:log of 2048 counts, two bytes each, one for
-- every 2 ms: a ring over the last seconds. `edge` is the first bucket that still counts, `used` the sum from there on.
-- PACE (core/pace.h) keeps the even pace a little below what the record allows. Below one a second the record says
-- little, and the pace alone holds the rate: no credit, no slot earlier than its turn.
local BUCKET, RING = 2000, 2048
local WINDOW = 1013000  -- [µs] a second, and how uneven the way from a slot to the gateway may be: 6 ms of lateness
                        -- (PACE_LATE_US) and 7 of the network and of whoever counts at the other end
local CREDIT = 100000   -- [µs] how far the pace may lag behind: a longer stall is lost
local SPREAD = 0.8      -- of an interval: how close slots may be while catching up
local RESERVE = 0.002   -- of the rate: only replies may use it
local SET_BACK = 200000 -- [µs] a clock that was set back by less is waited for
local HOLD_MAX = 3600000000 -- [µs] slow.lua holds no longer

-- ---- the ring

-- Buckets from…from+count-1 stand in one piece of the string, or in two. each(first place, how many, first bucket)
local function ring_pieces(from, count, each)
  while count > 0 do
    local place = from % RING
    local n = math.min(count, RING - place)
    each(place, n, from)
    from, count = from + n, count - n
  end
end

-- The sum of the buckets; `wiped` sets them to none.
local function ring_sum(log, from, count, wiped)
  local sum = 0
  ring_pieces(from, count, function(place, n)
    local counts, here = redis.call('GETRANGE', log, 2 * place, 2 * (place + n) - 1), 0
    for i = 1, #counts - 1, 2 do
      local low, high = string.byte(counts, i, i + 1)
      here = here + low + 256 * high
    end
    if wiped and here > 0 then redis.call('SETRANGE', log, 2 * place, string.rep('\0', #counts)) end
    sum = sum + here
  end)
  return sum
end

-- Adds changes[bucket] to the buckets low…high.
local function ring_add(log, changes, low, high)
  ring_pieces(low, high - low + 1, function(place, n, from)
    local bytes = {string.byte(redis.call('GETRANGE', log, 2 * place, 2 * (place + n) - 1), 1, -1)}
    for i = 1, 2 * n, 2 do
      local value = (bytes[i] or 0) + 256 * (bytes[i + 1] or 0) + (changes[from + (i - 1) / 2] or 0)
      bytes[i], bytes[i + 1] = value % 256, math.min(255, math.floor(value / 256))
    end
    redis.call('SETRANGE', log, 2 * place, string.char(unpack(bytes)))
  end)
end

-- ---- the limiter

local function limiter_read(key, rate, now, is_reply)
  local v = redis.call('HMGET', key, 'tat', 'hold', 'factor', 'factor_at', 'edge', 'used', 'at', 'set')
  local function number(i, none) return tonumber(v[i] or none) end
  local factor = number(3, 1)
  -- a gateway that said "too fast" gets its full rate back within half a minute (see slow.lua)
  if factor < 1 then factor = math.min(1, factor + math.abs(now - number(4)) / 30000000) end
  local room = math.max(1, math.floor(rate * factor))
  if not is_reply then room = room - math.floor(room * RESERVE) end
  return {key = key, log = key .. ':log', step = 1000000 * PACE / (rate * factor), room = room, tat = number(1, 0),
    hold = number(2, 0), edge = number(5, 0), used = number(6, 0), at = number(7, 0), set = number(8, 0)}
end

-- Redis' clock was set: what was given in the last second cannot be told, so a second passes, and the slots that
-- replies may have got ahead of their time. Set back, it shows here, and a hold goes on for as long as it would have;
-- by less than SET_BACK, slots go on where they were, which is later. Set forward, the dispatchers see it, and
-- clock_set.lua says when.
local function limiter_clock(l, now)
  local quiet = WINDOW + 2 * l.step
  if l.at > now + SET_BACK then
    l.hold = math.max(0, l.hold - (l.at - now))
    redis.call('HSET', l.key, 'hold', string.format('%.0f', l.hold))
    l.tat, l.used, l.edge, l.touched = now + quiet, 0, math.floor((now - WINDOW) / BUCKET), true
    redis.call('DEL', l.log)
  end
  if l.hold > now + HOLD_MAX then l.hold = 0 end
  if l.set > 0 and l.set <= now + SET_BACK then l.hold = math.max(l.hold, l.set + quiet) end
end

-- What is older than the last second is wiped. Wiping is writing: it must be saved, though nothing may be granted.
local function limiter_wipe(l, now)
  local edge = math.floor((now - WINDOW) / BUCKET)
  if edge <= l.edge then return end
  if edge - l.edge >= RING then
    if l.used > 0 then redis.call('DEL', l.log) end
    l.used = 0
  else
    l.used = l.used - ring_sum(l.log, l.edge, edge - l.edge, true)
  end
  l.edge, l.touched = edge, true
end

-- The edge follows the clock, since every dispatcher has a lead of its own; what will be a second ago when this
-- slot comes leaves it room. Slots are asked for in their order.
local function limiter_has_room(l, slot)
  local till = math.floor((slot - WINDOW) / BUCKET)
  if till > l.clear then
    l.room = l.room + ring_sum(l.log, l.clear, till - l.clear, false)
    for bucket = l.clear, till - 1 do l.room = l.room + (l.changes[bucket] or 0) end
    l.clear = till
  end
  return l.used < l.room
end

local function limiter_count(l, bucket, n)
  local changes = l.changes
  local before = changes[bucket]
  if not before then
    before, l.touched = 0, true
    l.low, l.high = math.min(l.low or bucket, bucket), math.max(l.high or bucket, bucket)
  end
  changes[bucket], l.used = before + n, l.used + n
end

local function limiter_knows(l, bucket) return bucket >= l.edge and bucket < l.edge + RING end

-- One that the record does not know (taken out twice, or the clock was set since) makes no room. Returns whether it did.
local function limiter_uncount(l, slot)
  local bucket = math.floor(slot / BUCKET)
  if not limiter_knows(l, bucket) then return false end
  if ring_sum(l.log, bucket, 1, false) + (l.changes[bucket] or 0) <= 0 then return false end
  limiter_count(l, bucket, -1)
  return true
end

-- A slot that nobody used.
local function limiter_give_back(l, slot)
  if limiter_uncount(l, slot) and l.rate >= 1 then l.tat = math.max(l.tat - l.step, l.earliest - l.credit, l.hold) end
end

-- A request left at `to` and not at its slot `from` (0: nobody knows at which of the two, so both count). The pace has
-- moved on for it already; below one a second, where the pace alone holds the rate, it goes on from there.
local function limiter_move(l, from, to)
  local bucket = math.floor(to / BUCKET)
  if not limiter_knows(l, bucket) then return end -- more than a second ago, or the clock was set since
  if from > 0 then limiter_uncount(l, from) end
  limiter_count(l, bucket, 1)
  if l.rate < 1 then l.tat = math.max(l.tat, to + l.step) end
end

local function limiter_save(l, now)
  if not l.touched then return end
  if l.low then ring_add(l.log, l.changes, l.low, l.high) end
  redis.call('HSET', l.key, 'tat', string.format('%.1f', l.tat), 'edge', l.edge, 'used', l.used, 'at', now)
end

local function limiter_open(key, rate, now, earliest, is_reply)
  local l = limiter_read(key, rate, now, is_reply)
  limiter_clock(l, now)
  limiter_wipe(l, now)
  -- Only what a stall took is caught up with, not what nobody wanted.
  local credit = rate >= 1 and now - l.at < 2 * CREDIT and CREDIT or 0
  l.rate, l.earliest, l.credit, l.clear, l.changes = rate, earliest, credit, l.edge, {}
  l.tat = math.max(l.tat, earliest - credit, l.hold)
  local self, max, floor, step = {}, math.max, math.floor, l.step
  local soonest = 0 -- a little behind the last slot that was taken

  -- The earliest slot that may be had; beyond `latest` it is when to ask again. In a full second each bucket that
  -- becomes a second old may leave room.
  function self.next(latest)
    local slot = max(earliest, l.tat, soonest)
    while l.used >= l.room and slot <= latest and not limiter_has_room(l, slot) do
      slot = (l.clear + 1) * BUCKET + WINDOW
    end
    return slot
  end
  function self.take(slot)
    l.tat, soonest = max(l.tat, slot - credit) + step, slot + step * SPREAD
    limiter_count(l, floor(slot / BUCKET), 1)
  end
  function self.give_back(slot) limiter_give_back(l, slot) end
  function self.move(from, to) limiter_move(l, from, to) end
  function self.save() limiter_save(l, now) end
  return self
end
