-- Takes the lease on a batch. The one before may have died with requests in flight: nobody can know whether
-- those reached the provider, so they become unknown, here, in the step that hands the batch over.
--
-- KEYS  1 campaign  2 ledger  3 details  4 leases  5 outstanding blocks  6 kept blocks  7 fence
-- ARGV  1 now [µs] or ""   2 lease field   3 instance   4 boot: larger for each start of the instance
--       5 lease [µs]   6 first nibble   7 how many   8 block number, or "" (direct)
-- Returns {"ok", fence, now, the nibbles as one hex digit each, stamp of references (core/ref.h)} or {"held", µs left}
--      or {"settled"}: nobody is pending here; or {"kept", status}: paused, it will be released again
--      or {"gone"}: no such campaign
local now = clock(ARGV[1])
local c = redis.call('HMGET', KEYS[1], 'status', 'stamp')
local status = c[1]
if not status then return {'gone'} end
local held = lease_read(KEYS[4], ARGV[2])
if held and held.expires > now + 2 * tonumber(ARGV[5]) then
  -- Redis' clock was set back: nobody may hold a batch for hours because of that
  held.expires = now + tonumber(ARGV[5])
  redis.call('HSET', KEYS[4], ARGV[2],
    string.format('%s %s %s %.0f', held.instance, held.boot, held.fence, held.expires))
end
if held and held.expires > now then
  local mine = held.instance == ARGV[3] and tonumber(held.boot) < tonumber(ARGV[4])
  if not mine then return {'held', held.expires - now} end
end

local first, count = tonumber(ARGV[6]), tonumber(ARGV[7])
local ledger = ledger_open(KEYS[2], first, first + count - 1)
local pending, nibbles = 0, {}
local stopped = (status == 'cancelled' and CANCELLED) or (status == 'expired' and EXPIRED)
for i = 0, count - 1 do
  local at, state = first + i, ledger.get(first + i)
  if state == IN_FLIGHT then
    ledger.set(at, UNKNOWN)
    redis.call('HSET', KEYS[3], at, 'taken over ' .. math.floor(now / 1000))
    state = UNKNOWN
  elseif state == PENDING and stopped then
    ledger.set(at, stopped)
    state = stopped
  end
  if state == PENDING then pending = pending + 1 end
  nibbles[i + 1] = string.format('%x', state)
end
ledger.save(KEYS[1])

if pending == 0 or status == 'done' then
  redis.call('HDEL', KEYS[4], ARGV[2])
  if ARGV[8] ~= '' then redis.call('ZREM', KEYS[5], ARGV[8]) end
  finish_if_done(KEYS[1], now)
  return {'settled'}
end
if status ~= 'running' then
  redis.call('HDEL', KEYS[4], ARGV[2])
  if ARGV[8] ~= '' then
    redis.call('ZREM', KEYS[5], ARGV[8])
    redis.call('SADD', KEYS[6], ARGV[8])
  end
  return {'kept', status}
end
local fence = redis.call('INCR', KEYS[7])
local value = string.format('%s %s %d %.0f', ARGV[3], ARGV[4], fence, now + tonumber(ARGV[5]))
redis.call('HSET', KEYS[4], ARGV[2], value)
return {'ok', fence, now, table.concat(nibbles), tonumber(c[2] or '0')}
