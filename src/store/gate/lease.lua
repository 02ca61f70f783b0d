-- Takes the lease on a batch. The one before may have died with requests in flight: nobody can know whether
-- those reached the provider, so they become unknown, here, in the step that hands the batch over.
--
-- KEYS, ARGV: store/gate/names.h
-- Returns {"ok", fence, now, the nibbles as one hex digit each, stamp of references (core/ref.h), how often the campaign was changed} or {"held", µs left}
--      or {"settled"}: nobody is pending here, or nobody may be texted on this copy; or {"kept", status}: paused, it will be released again
--      or {"gone"}: no such campaign
local now = clock(ARGV[NOW])
local c = redis.call('HMGET', KEYS[CAMPAIGN], 'status', 'stamp', 'edits', 'stamps_before')
local status = c[1]
if not status then return {'gone'} end
local held = lease_read(KEYS[LEASES], ARGV[FIELD])
if held and held.expires > now + 2 * tonumber(ARGV[SPAN]) then
  -- Redis' clock was set back: nobody may hold a batch for hours because of that
  held.expires = now + tonumber(ARGV[SPAN])
  redis.call('HSET', KEYS[LEASES], ARGV[FIELD],
    string.format('%s %s %s %.0f', held.instance, held.boot, held.fence, held.expires))
end
if held and held.expires > now then
  local mine = held.instance == ARGV[INSTANCE] and tonumber(held.boot) < tonumber(ARGV[BOOT])
  if not mine then return {'held', held.expires - now} end
end

local first, count = tonumber(ARGV[FIRST]), tonumber(ARGV[COUNT])
local ledger = ledger_open(KEYS[LEDGER], first, first + count - 1)
local pending, nibbles = 0, {}
local stopped = (status == CAMPAIGN_CANCELLED and CANCELLED) or (status == CAMPAIGN_EXPIRED and EXPIRED)
for i = 0, count - 1 do
  local at, state = first + i, ledger.get(first + i)
  if state == IN_FLIGHT then
    ledger.set(at, UNKNOWN)
    redis.call('HSET', KEYS[DETAILS], at, 'taken over ' .. math.floor(now / 1000))
    state = UNKNOWN
  elseif state == PENDING and stopped then
    ledger.set(at, stopped)
    state = stopped
  end
  if state == PENDING then pending = pending + 1 end
  nibbles[i + 1] = string.format('%x', state)
end
ledger.save(KEYS[CAMPAIGN])

if pending == 0 or status == CAMPAIGN_DONE then
  lease_end(KEYS[LEASES], ARGV[FIELD], KEYS[OUTSTANDING], ARGV[BLOCK])
  money_settle(KEYS[CAMPAIGN], ARGV[BLOCK])
  look_at(KEYS[CAMPAIGN], 0)
  finish_if_done(KEYS[CAMPAIGN], now)
  return {'settled'}
end
if status ~= CAMPAIGN_RUNNING then
  lease_end(KEYS[LEASES], ARGV[FIELD], KEYS[OUTSTANDING], ARGV[BLOCK])
  if ARGV[BLOCK] ~= '' then redis.call('SADD', KEYS[KEPT], ARGV[BLOCK]) end
  money_settle(KEYS[CAMPAIGN], ARGV[BLOCK])
  return {'kept', status}
end
-- An old copy on the queue: what is not out is not paid, and goes out again by a release.
if ARGV[BLOCK] ~= '' and money_is_owing(KEYS[CAMPAIGN], ARGV[BLOCK]) then return {'settled'} end
local fence = redis.call('INCR', KEYS[FENCES])
local value = string.format('%s %s %d %.0f', ARGV[INSTANCE], ARGV[BOOT], fence, now + tonumber(ARGV[SPAN]))
redis.call('HSET', KEYS[LEASES], ARGV[FIELD], value)
return {'ok', fence, now, table.concat(nibbles), direct_stamp(c[4], c[2], first), tonumber(c[3] or '0')}
