-- Stands before the gate. A limiter is a hash (tat, at, hold, factor, edge, used) and a string {key}:log of 512 counts,
-- two bytes each, one for every 4 ms: a ring over the last two seconds. `edge` is the first bucket that still counts,
-- `used` the sum from there on. PACE (core/pace.h) keeps the even pace a little below what the record allows.
local BUCKET, RING = 4000, 512
local WINDOW = 1008000  -- [µs] a second, and how uneven the way from a slot to the gateway may be
local CREDIT = 100000   -- [µs] how far the pace may lag behind: a longer stall is lost
local SPREAD = 0.8      -- of an interval: how close slots may be while catching up
local RESERVE = 0.004   -- of the rate: only replies may use it
local FURTHEST = 200000 -- [µs] nobody is ever given a slot further ahead than this

-- Calls f(position, count) for the one or two runs of the ring that hold buckets from…from+count-1.
local function ring_runs(from, count, f)
  local at = from % RING
  local first = math.min(count, RING - at)
  f(at, first)
  if count > first then f(0, count - first) end
end

local function limiter_open(key, rate, now, earliest, is_reply)
  local l = redis.call('HMGET', key, 'tat', 'hold', 'factor', 'factor_at', 'edge', 'used', 'at')
  local log = key .. ':log'
  local factor = tonumber(l[3] or '1')
  -- a gateway that said "too fast" gets its full rate back within half a minute (see slow.lua)
  if factor < 1 then factor = math.min(1, factor + math.max(0, now - tonumber(l[4])) / 30000000) end
  local step = 1000000 * PACE / (rate * factor)
  local room = math.max(1, math.floor(rate * factor))
  if not is_reply then room = room - math.floor(room * RESERVE) end
  local tat, hold = tonumber(l[1] or '0'), tonumber(l[2] or '0')
  local edge, used = tonumber(l[5] or '0'), tonumber(l[6] or '0')
  local new_edge = math.floor((earliest - WINDOW) / BUCKET)

  -- Redis' clock was set back: what was given in the last second cannot be told, so one second passes.
  if tat > now + FURTHEST + step or edge > new_edge + RING / 2 then
    tat, used, edge = now + WINDOW, 0, new_edge
    redis.call('DEL', log)
  end
  if hold > now + 3600000000 then hold = 0 end

  if new_edge - edge >= RING then
    if used > 0 then redis.call('DEL', log) end
    used, edge = 0, new_edge
  elseif new_edge > edge then
    ring_runs(edge, new_edge - edge, function(at, count)
      local counts = redis.call('GETRANGE', log, 2 * at, 2 * (at + count) - 1)
      local sum = 0
      for i = 1, #counts - 1, 2 do
        local low, high = string.byte(counts, i, i + 1)
        sum = sum + low + 256 * high
      end
      if sum > 0 then redis.call('SETRANGE', log, 2 * at, string.rep('\0', #counts)) end
      used = used - sum
    end)
    edge = new_edge
  end

  local self, changes, last, touched = {}, {}, 0, false
  -- Only what a stall took is caught up with, not what nobody wanted.
  local credit = now - tonumber(l[7] or '0') < 2 * CREDIT and CREDIT or 0
  tat = math.max(tat, earliest - credit, hold)

  -- The earliest slot that may be had; when the last second is full, a time at which to ask again.
  function self.next(latest)
    if used >= room then return math.max(tat, latest + BUCKET) end
    return math.max(earliest, tat, last + step * SPREAD)
  end
  local function count(slot, n)
    local bucket = math.floor(slot / BUCKET)
    if bucket < edge then return end
    changes[bucket] = (changes[bucket] or 0) + n
    used = used + n
    touched = true
  end
  function self.take(slot)
    tat = tat + step
    last = slot
    count(slot, 1)
  end
  function self.give_back(slot)
    tat = math.max(tat - step, earliest - credit, hold)
    count(slot, -1)
  end
  function self.save()
    if not touched then return end
    for bucket, n in pairs(changes) do
      local at = 2 * (bucket % RING)
      local was = redis.call('GETRANGE', log, at, at + 1)
      local low, high = string.byte(was, 1, 2)
      local value = math.max(0, (low or 0) + 256 * (high or 0) + n)
      redis.call('SETRANGE', log, at, string.char(value % 256, math.min(255, math.floor(value / 256))))
    end
    redis.call('HSET', key, 'tat', string.format('%.1f', tat), 'edge', edge, 'used', math.max(0, used),
      'at', now)
  end
  return self
end
