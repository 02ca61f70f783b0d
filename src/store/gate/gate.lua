-- The gate: the one atomic check between "would send" and "is sending". For each asked recipient it moves
-- pending to in flight and gives a slot (when to put the request on the wire), or says why not.
--
-- Two laws make a slot. The pace (GCRA): one number, `tat`, the time of the next slot; each grant moves it on by
-- one interval, so that messages are spread evenly. And the record of the last second: how many slots were given in
-- every 2 ms of it, never more than the rate in any WINDOW (1.013 s). The pace may lag by up to CREDIT, so that what a stall
-- lost is caught up with, a quarter faster than the pace, and the record still holds the rate exactly. Slots that
-- nobody used (the dispatcher came too late) are given back.
--
-- KEYS, ARGV and the letters: store/gate/names.h, store/ledger.h
-- Returns {"ok", now, wait [µs from now; 0 = no need], a letter each; for each GRANTED, SENDER_WAITS and CLOSED: 4 bytes
--          little-endian, the slot or when there may be one [µs from now]; for CLOSED when it opens [s from now],
--          0 = these hours are over}
--      or {"lease", now} or {the campaign's status, now}
local QUEUE_LOOK = 250000 -- [µs] between two looks at a provider's queue that is full
local now = clock(ARGV[NOW])
if not lease_is_mine(KEYS[LEASES], ARGV[FIELD], ARGV[FENCE], now) then return {'lease', now} end
local c = redis.call('HMGET', KEYS[CAMPAIGN], 'status', 'deadline_ms')
if c[1] ~= 'running' then return {c[1] or 'gone', now} end

local base, lead, window = tonumber(ARGV[FIRST]), tonumber(ARGV[LEAD]), tonumber(ARGV[REACH])
local rate, sender_rate, flags = tonumber(ARGV[RATE]), tonumber(ARGV[SENDER_RATE]), ARGV[FLAGS]
local offsets, senders, asked = ARGV[OFFSETS], ARGV[SENDER_OF], #ARGV[OFFSETS]
local deadline = tonumber(c[2] or '0') * 1000
local late = deadline > 0 and now + lead + window >= deadline

local earliest, latest = now + lead, now + lead + window
local gateway = limiter_open(KEYS[LIMITER], rate, now, earliest, string.find(flags, IS_REPLY, 1, true))
for slot in string.gmatch(ARGV[GIVEN_BACK], '%d+') do gateway.give_back(tonumber(slot)) end
local by_sender = {}
local function sender_of(i)
  local n = string.byte(senders, i)
  local key = sender_rate > 0 and KEYS[SENDERS + n]
  if not key then return nil end
  if not by_sender[n] then by_sender[n] = limiter_open(key, sender_rate, now, earliest, true) end
  return by_sender[n]
end

local stop_all = redis.call('HMGET', KEYS[STOP_ALL], unpack(ARGV, NUMBERS))
local stop_group = redis.call('HMGET', KEYS[STOP_GROUP], unpack(ARGV, NUMBERS))
local hold = redis.call('HMGET', KEYS[STOP_HELD], unpack(ARGV, NUMBERS))
local may_held, held = string.find(flags, IS_REPLY, 1, true), 0
local may_anyway = string.find(flags, TO_SUPPRESSED, 1, true)
local ledger = ledger_open(KEYS[LEDGER], base + string.byte(offsets, 1), base + string.byte(offsets, asked))
local room, wait_until = tonumber(ARGV[GRANTS_MAX]), 0

-- As many as may be are in the provider's own queue. Without receipts nobody knows: who has not been heard of for two
-- windows, though they were waited for, holds nobody up until the next receipt.
local function queue_is_full(most, window)
  local book = KEYS[LIMITER] .. ':queue'
  if redis.call('ZCARD', book) < most then return false end
  local heard = tonumber(redis.call('HGET', KEYS[LIMITER], 'heard'))
  if not heard then return false end
  local youngest = tonumber(redis.call('ZRANGE', book, -1, -1, 'WITHSCORES')[2])
  if math.abs(now - math.max(heard, youngest)) <= 2 * window then return true end
  redis.call('HDEL', KEYS[LIMITER], 'heard')
  redis.call('DEL', book)
  return false
end
local most = tonumber(ARGV[QUEUE_FULL])
if most > 0 and queue_is_full(most, tonumber(ARGV[QUEUE_SPAN])) then
  room, wait_until = 0, now + QUEUE_LOOK
  redis.call('HSET', KEYS[CAMPAIGN], 'queue_full_ms', math.floor(now / 1000))
end
local letters, slots = {}, {}

local function skip(at, to, reason)
  ledger.set(at, to)
  redis.call('HSET', KEYS[DETAILS], at, reason)
end

local hours = {}
for open, close in string.gmatch(ARGV[HOURS], '(%d+) (%d+)') do
  hours[#hours + 1] = {open = tonumber(open), close = tonumber(close)}
end
local function hours_of(i)
  return #hours > 0 and hours[1 + string.byte(ARGV[HOURS_OF], i)] or nil
end
local function closed(i, h)
  letters[i] = CLOSED
  slots[#slots + 1] = struct.pack('<I4', h.open > now and math.ceil((h.open - now) / 1000000) or 0)
end

for i = 1, asked do
  local at, h = base + string.byte(offsets, i), hours_of(i)
  if ledger.get(at) ~= PENDING then
    letters[i] = NOT_PENDING
  elseif late then
    skip(at, EXPIRED, 'deadline')
    letters[i] = TOO_LATE
  elseif (stop_all[i] or stop_group[i]) and not may_anyway then
    skip(at, SKIPPED, 'suppressed')
    letters[i] = STOPPED
  elseif hold[i] and not may_held then
    skip(at, SKIPPED, 'held')
    letters[i], held = STOPPED, held + 1
  elseif h and h.close == 0 then
    skip(at, SKIPPED, 'no allowed hour')
    letters[i] = STOPPED
  elseif h and (latest < h.open or earliest >= h.close) then
    closed(i, h)
  else
    local sender = sender_of(i)
    local slot = gateway.next(latest)
    local sender_slot = sender and sender.next(latest) or 0
    if slot > latest or room == 0 then
      letters[i] = WAITS
      if slot > latest then wait_until = math.max(wait_until, slot) end
    elseif sender_slot > latest then
      -- only this sender has to wait; the others go on
      letters[i] = SENDER_WAITS
      slots[#slots + 1] = struct.pack('<I4', math.min(sender_slot - now, 4000000000))
    elseif h and (math.max(slot, sender_slot) < h.open or math.max(slot, sender_slot) >= h.close) then
      closed(i, h)
    else
      slot = math.max(slot, sender_slot)
      gateway.take(slot)
      if sender then sender.take(slot) end
      ledger.set(at, IN_FLIGHT)
      room = room - 1
      letters[i] = GRANTED
      slots[#slots + 1] = struct.pack('<I4', math.floor(slot - now))
    end
  end
end

gateway.save()
for _, l in pairs(by_sender) do l.save() end
ledger.save(KEYS[CAMPAIGN])
if held > 0 then redis.call('HINCRBY', KEYS[CAMPAIGN], 'held', held) end
local wait = wait_until > 0 and math.floor(wait_until - now) or 0
return {'ok', now, wait, table.concat(letters), table.concat(slots)}
