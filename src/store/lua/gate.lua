-- The gate: the one atomic check between "would send" and "is sending". For each asked recipient it moves
-- pending to in flight and gives a slot (when to put the request on the wire), or says why not.
--
-- The pace is a GCRA: one number per limiter, `tat`, the earliest time of the next slot; each grant moves it
-- on by one interval. The interval already holds the margin that makes the rate exact as the gateway sees it
-- (core/pace.h). Slots reach at most `window` ahead, so that nothing that passed the gate waits for long.
--
-- KEYS  1 campaign  2 ledger  3 details  4 leases  5 limiter of the gateway  6 s:all  7 s:{group}
--       8… limiters of the senders (none when senders have no limit of their own)
-- ARGV  1 now [µs] or ""   2 lease field   3 fence   4 base: nibble of offset 0   5 lead [µs]   6 window [µs]
--       7 interval [µs]   8 sender interval [µs]   9 grants at most   10 "f": may go to the suppressed
--       11 offsets, a byte each   12 senders, a byte each   13… numbers
-- Returns {"ok", now, wait [µs from now; 0 = no need], a letter each: g granted, w wait, s suppressed,
--          x expired, - not pending; slots of the granted: 4 bytes little-endian each [µs from now]}
--      or {"lease", now} or {the campaign's status, now}
local now = clock(ARGV[1])
if not lease_is_mine(KEYS[4], ARGV[2], ARGV[3], now) then return {'lease', now} end
local c = redis.call('HMGET', KEYS[1], 'status', 'deadline_ms')
if c[1] ~= 'running' then return {c[1] or 'gone', now} end

local base, lead, window = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local interval, sender_interval = tonumber(ARGV[7]), tonumber(ARGV[8])
local offsets, senders, asked = ARGV[11], ARGV[12], #ARGV[11]
local deadline = tonumber(c[2] or '0') * 1000
local late = deadline > 0 and now + lead + window >= deadline

local function limiter_read(key, step)
  local l = redis.call('HMGET', key, 'tat', 'hold', 'factor', 'factor_at')
  local factor = tonumber(l[3] or '1')
  -- a gateway that said "too fast" gets its full rate back within half a minute (see slow.lua)
  if factor < 1 then factor = math.min(1, factor + (now - tonumber(l[4])) / 30000000) end
  step = step / factor
  local tat, hold = tonumber(l[1] or '0'), tonumber(l[2] or '0')
  -- Nobody is given a slot further ahead than this. A later one means that Redis' clock was set back.
  local furthest = now + lead + 100000 + step
  if tat > furthest then tat = furthest end
  if hold > now + 3600000000 then hold = now end
  return {key = key, step = step, tat = math.max(tat, hold), used = false}
end
local gateway = limiter_read(KEYS[5], interval)
local by_sender = {}
local function sender_of(i)
  local n = string.byte(senders, i)
  local key = sender_interval > 0 and KEYS[8 + n]
  if not key then return nil end
  if not by_sender[n] then by_sender[n] = limiter_read(key, sender_interval) end
  return by_sender[n]
end

local stop_all = redis.call('HMGET', KEYS[6], unpack(ARGV, 13))
local stop_group = redis.call('HMGET', KEYS[7], unpack(ARGV, 13))
local may_anyway = ARGV[10] == 'f'
local ledger = ledger_open(KEYS[2], base + string.byte(offsets, 1), base + string.byte(offsets, asked))
local earliest, latest = now + lead, now + lead + window
local room, wait_until = tonumber(ARGV[9]), 0
local letters, slots = {}, {}

local function skip(at, to, reason)
  ledger.set(at, to)
  redis.call('HSET', KEYS[3], at, reason)
end

for i = 1, asked do
  local at = base + string.byte(offsets, i)
  if ledger.get(at) ~= PENDING then
    letters[i] = '-'
  elseif late then
    skip(at, EXPIRED, 'deadline')
    letters[i] = 'x'
  elseif (stop_all[i] or stop_group[i]) and not may_anyway then
    skip(at, SKIPPED, 'suppressed')
    letters[i] = 's'
  else
    local sender = sender_of(i)
    local slot = math.max(earliest, gateway.tat, sender and sender.tat or 0)
    if slot > latest or room == 0 then
      letters[i] = 'w'
      if slot > latest and (wait_until == 0 or slot < wait_until) then wait_until = slot end
    else
      gateway.tat = math.max(earliest, gateway.tat) + gateway.step
      gateway.used = true
      if sender then
        sender.tat = slot + sender.step
        sender.used = true
      end
      ledger.set(at, IN_FLIGHT)
      room = room - 1
      letters[i] = 'g'
      slots[#slots + 1] = struct.pack('<I4', math.floor(slot - now))
    end
  end
end

local function limiter_save(l)
  if l.used then redis.call('HSET', l.key, 'tat', string.format('%.1f', l.tat)) end
end
limiter_save(gateway)
for _, l in pairs(by_sender) do limiter_save(l) end
ledger.save(KEYS[1])
local wait = wait_until > 0 and math.floor(wait_until - now) or 0
return {'ok', now, wait, table.concat(letters), table.concat(slots)}
