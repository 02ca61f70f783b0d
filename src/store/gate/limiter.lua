-- Stands before the gate. A limiter is a hash (tat, at, hold, factor, edge, used) and a string {key}:log of 2048 counts,
-- two bytes each, one for every 2 ms: a ring over the last seconds. `edge` is the first bucket that still counts,
-- `used` the sum from there on. PACE (core/pace.h) keeps the even pace a little below what the record allows. Below
-- one a second the record says little, and the pace alone holds the rate: no credit, no slot earlier than its turn.
local BUCKET, RING = 2000, 2048
local WINDOW = 1013000  -- [µs] a second, and how uneven the way from a slot to the gateway may be: 6 ms of lateness
                        -- (PACE_LATE_US) and 7 of the network and of whoever counts at the other end
local CREDIT = 100000   -- [µs] how far the pace may lag behind: a longer stall is lost
local SPREAD = 0.8      -- of an interval: how close slots may be while catching up
local RESERVE = 0.002   -- of the rate: only replies may use it
local SET_BACK = 200000 -- [µs] a clock that was set back by less is waited for
local HOLD_MAX = 3600000000 -- [µs] slow.lua holds no longer

-- The sum of the buckets from…from+count-1; `wiped` sets them to none.
local function ring_sum(log, from, count, wiped)
  local sum = 0
  while count > 0 do
    local first = from % RING
    local n = math.min(count, RING - first)
    local counts, here = redis.call('GETRANGE', log, 2 * first, 2 * (first + n) - 1), 0
    for i = 1, #counts - 1, 2 do
      local low, high = string.byte(counts, i, i + 1)
      here = here + low + 256 * high
    end
    if wiped and here > 0 then redis.call('SETRANGE', log, 2 * first, string.rep('\0', #counts)) end
    sum, from, count = sum + here, from + n, count - n
  end
  return sum
end

local function limiter_open(key, rate, now, earliest, is_reply)
  local l = redis.call('HMGET', key, 'tat', 'hold', 'factor', 'factor_at', 'edge', 'used', 'at', 'set')
  local log = key .. ':log'
  local factor = tonumber(l[3] or '1')
  -- a gateway that said "too fast" gets its full rate back within half a minute (see slow.lua)
  if factor < 1 then factor = math.min(1, factor + math.abs(now - tonumber(l[4])) / 30000000) end
  local step = 1000000 * PACE / (rate * factor)
  local room = math.max(1, math.floor(rate * factor))
  if not is_reply then room = room - math.floor(room * RESERVE) end
  local tat, hold, at = tonumber(l[1] or '0'), tonumber(l[2] or '0'), tonumber(l[7] or '0')
  local edge, used, set = tonumber(l[5] or '0'), tonumber(l[6] or '0'), tonumber(l[8] or '0')
  local new_edge = math.floor((now - WINDOW) / BUCKET)
  local touched = false

  -- Redis' clock was set: what was given in the last second cannot be told, so a second passes, and the slots that
  -- replies may have got ahead of their time. Set back, it shows here, and a hold goes on for as long as it would have;
  -- by less than SET_BACK, slots go on where they were, which is later. Set forward, the dispatchers see it, and
  -- clock_set.lua says when.
  local quiet = WINDOW + 2 * step
  if at > now + SET_BACK then
    hold = math.max(0, hold - (at - now))
    redis.call('HSET', key, 'hold', string.format('%.0f', hold))
    tat, used, edge, touched = now + quiet, 0, new_edge, true
    redis.call('DEL', log)
  end
  if hold > now + HOLD_MAX then hold = 0 end
  if set > 0 and set <= now + SET_BACK then hold = math.max(hold, set + quiet) end

  -- Wiping is writing: what it changes must be saved, though nothing may be granted.
  if new_edge - edge >= RING then
    if used > 0 then redis.call('DEL', log) end
    used, edge, touched = 0, new_edge, true
  elseif new_edge > edge then
    used = used - ring_sum(log, edge, new_edge - edge, true)
    edge, touched = new_edge, true
  end
  local self, changes, last, clear = {}, {}, 0, edge
  -- Only what a stall took is caught up with, not what nobody wanted.
  local credit = rate >= 1 and now - at < 2 * CREDIT and CREDIT or 0
  tat = math.max(tat, earliest - credit, hold)

  -- The edge follows the clock, since every dispatcher has a lead of its own; when the slot comes,
  -- buckets older than slot - WINDOW no longer count. Slots are asked for in their order.
  local function has_room(slot)
    local till = math.floor((slot - WINDOW) / BUCKET)
    if used >= room and till > clear then
      room = room + ring_sum(log, clear, till - clear, false)
      for bucket = clear, till - 1 do room = room + (changes[bucket] or 0) end
      clear = till
    end
    return used < room
  end
  -- The earliest slot that may be had; beyond `latest` it is when to ask again. In a full second each bucket that
  -- becomes a second old may leave room.
  function self.next(latest)
    local slot = math.max(earliest, tat, last + step * SPREAD)
    while slot <= latest and not has_room(slot) do slot = (clear + 1) * BUCKET + WINDOW end
    return slot
  end
  local function count(bucket, n)
    changes[bucket] = (changes[bucket] or 0) + n
    used = used + n
    touched = true
  end
  function self.take(slot)
    tat = math.max(tat, slot - credit) + step
    last = slot
    count(math.floor(slot / BUCKET), 1)
  end
  -- A slot that nobody used. One that the record does not know (given back twice, or the clock was set since)
  -- makes no room.
  function self.give_back(slot)
    local bucket = math.floor(slot / BUCKET)
    if bucket < edge or bucket >= edge + RING then return end
    if ring_sum(log, bucket, 1, false) + (changes[bucket] or 0) <= 0 then return end
    if rate >= 1 then tat = math.max(tat - step, earliest - credit, hold) end
    count(bucket, -1)
  end
  function self.save()
    if not touched then return end
    for bucket, n in pairs(changes) do
      local value = ring_sum(log, bucket, 1, false) + n
      redis.call('SETRANGE', log, 2 * (bucket % RING), string.char(value % 256, math.min(255, math.floor(value / 256))))
    end
    redis.call('HSET', key, 'tat', string.format('%.1f', tat), 'edge', edge, 'used', used, 'at', now)
  end
  return self
end
