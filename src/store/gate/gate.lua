-- The gate: the one atomic check between "would send" and "is sending". For each asked recipient it moves
-- pending to in flight and gives a slot (when to put the request on the wire), or says why not.
--
-- Two laws make a slot. The pace (GCRA): one number, `tat`, the time of the next slot; each grant moves it on by
-- one interval, so that messages are spread evenly. And the record of the last second: how many slots were given in
-- every 2 ms of it, never more than the rate in any WINDOW (1.013 s). The pace may lag by up to CREDIT, so that what a stall
-- lost is caught up with, a quarter faster than the pace, and the record still holds the rate exactly. Slots that
-- nobody used (the dispatcher came too late) are given back.
--
-- KEYS  1 campaign  2 ledger  3 details  4 leases  5 limiter of the gateway  6 s:all  7 s:{group}  8 s:hold
--       9… limiters of the senders (none when senders have no limit of their own)
-- ARGV  1 now [µs] or ""   2 lease field   3 fence   4 base: nibble of offset 0   5 lead [µs]   6 window [µs]
--       7 rate [1/s]   8 sender rate [1/s], 0 = none   9 grants at most   10 flags: f may go to the suppressed,
--       r is a reply: may use what blasts leave free, and goes to the held   11 offsets, a byte each   12 senders, a byte each
--       13 slots given back [µs], with blanks between   14 which allowed hours, a byte each; "" = any hour
--       15 the hours: open and close [µs], with blanks between; 0 0 = never
--       16 so many in the book of the provider's queue are the most (record.lua), 0 = no bound   17 how long they take
--       at the rate [µs]   18… numbers
-- Returns {"ok", now, wait [µs from now; 0 = no need], a letter each: g granted, w wait, v wait for the
--          sender, h not an allowed hour, s suppressed or never allowed, x expired, - not pending; for each g, v and
--          h: 4 bytes little-endian, the slot or when there may be one [µs from now]; for h when it opens [s from now],
--          0 = these hours are over}
--      or {"lease", now} or {the campaign's status, now}
local QUEUE_LOOK = 250000 -- [µs] between two looks at a provider's queue that is full
local now = clock(ARGV[1])
if not lease_is_mine(KEYS[4], ARGV[2], ARGV[3], now) then return {'lease', now} end
local c = redis.call('HMGET', KEYS[1], 'status', 'deadline_ms')
if c[1] ~= 'running' then return {c[1] or 'gone', now} end

local base, lead, window = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local rate, sender_rate, flags = tonumber(ARGV[7]), tonumber(ARGV[8]), ARGV[10]
local offsets, senders, asked = ARGV[11], ARGV[12], #ARGV[11]
local deadline = tonumber(c[2] or '0') * 1000
local late = deadline > 0 and now + lead + window >= deadline

local earliest, latest = now + lead, now + lead + window
local gateway = limiter_open(KEYS[5], rate, now, earliest, string.find(flags, 'r', 1, true))
for slot in string.gmatch(ARGV[13], '%d+') do gateway.give_back(tonumber(slot)) end
local by_sender = {}
local function sender_of(i)
  local n = string.byte(senders, i)
  local key = sender_rate > 0 and KEYS[9 + n]
  if not key then return nil end
  if not by_sender[n] then by_sender[n] = limiter_open(key, sender_rate, now, earliest, true) end
  return by_sender[n]
end

local stop_all = redis.call('HMGET', KEYS[6], unpack(ARGV, 18))
local stop_group = redis.call('HMGET', KEYS[7], unpack(ARGV, 18))
local hold = redis.call('HMGET', KEYS[8], unpack(ARGV, 18))
local may_held, held = string.find(flags, 'r', 1, true), 0
local may_anyway = string.find(flags, 'f', 1, true)
local ledger = ledger_open(KEYS[2], base + string.byte(offsets, 1), base + string.byte(offsets, asked))
local room, wait_until = tonumber(ARGV[9]), 0

-- As many as may be are in the provider's own queue. Without receipts nobody knows: who has not been heard of for two
-- windows, though they were waited for, holds nobody up until the next receipt.
local function queue_is_full(most, window)
  local book = KEYS[5] .. ':queue'
  if redis.call('ZCARD', book) < most then return false end
  local heard = tonumber(redis.call('HGET', KEYS[5], 'heard'))
  if not heard then return false end
  local youngest = tonumber(redis.call('ZRANGE', book, -1, -1, 'WITHSCORES')[2])
  if math.abs(now - math.max(heard, youngest)) <= 2 * window then return true end
  redis.call('HDEL', KEYS[5], 'heard')
  redis.call('DEL', book)
  return false
end
local most = tonumber(ARGV[16])
if most > 0 and queue_is_full(most, tonumber(ARGV[17])) then
  room, wait_until = 0, now + QUEUE_LOOK
  redis.call('HSET', KEYS[1], 'queue_full_ms', math.floor(now / 1000))
end
local letters, slots = {}, {}

local function skip(at, to, reason)
  ledger.set(at, to)
  redis.call('HSET', KEYS[3], at, reason)
end

local hours = {}
for open, close in string.gmatch(ARGV[15], '(%d+) (%d+)') do
  hours[#hours + 1] = {open = tonumber(open), close = tonumber(close)}
end
local function hours_of(i)
  return #hours > 0 and hours[1 + string.byte(ARGV[14], i)] or nil
end
local function closed(i, h)
  letters[i] = 'h'
  slots[#slots + 1] = struct.pack('<I4', h.open > now and math.ceil((h.open - now) / 1000000) or 0)
end

for i = 1, asked do
  local at, h = base + string.byte(offsets, i), hours_of(i)
  if ledger.get(at) ~= PENDING then
    letters[i] = '-'
  elseif late then
    skip(at, EXPIRED, 'deadline')
    letters[i] = 'x'
  elseif (stop_all[i] or stop_group[i]) and not may_anyway then
    skip(at, SKIPPED, 'suppressed')
    letters[i] = 's'
  elseif hold[i] and not may_held then
    skip(at, SKIPPED, 'held')
    letters[i], held = 's', held + 1
  elseif h and h.close == 0 then
    skip(at, SKIPPED, 'no allowed hour')
    letters[i] = 's'
  elseif h and (latest < h.open or earliest >= h.close) then
    closed(i, h)
  else
    local sender = sender_of(i)
    local slot = gateway.next(latest)
    local sender_slot = sender and sender.next(latest) or 0
    if slot > latest or room == 0 then
      letters[i] = 'w'
      if slot > latest then wait_until = math.max(wait_until, slot) end
    elseif sender_slot > latest then
      -- only this sender has to wait; the others go on
      letters[i] = 'v'
      slots[#slots + 1] = struct.pack('<I4', math.min(sender_slot - now, 4000000000))
    elseif h and (math.max(slot, sender_slot) < h.open or math.max(slot, sender_slot) >= h.close) then
      closed(i, h)
    else
      slot = math.max(slot, sender_slot)
      gateway.take(slot)
      if sender then sender.take(slot) end
      ledger.set(at, IN_FLIGHT)
      room = room - 1
      letters[i] = 'g'
      slots[#slots + 1] = struct.pack('<I4', math.floor(slot - now))
    end
  end
end

gateway.save()
for _, l in pairs(by_sender) do l.save() end
ledger.save(KEYS[1])
if held > 0 then redis.call('HINCRBY', KEYS[1], 'held', held) end
local wait = wait_until > 0 and math.floor(wait_until - now) or 0
return {'ok', now, wait, table.concat(letters), table.concat(slots)}
