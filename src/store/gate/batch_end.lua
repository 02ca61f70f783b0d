-- Gives the lease on a batch up: "done" when nobody in it is pending or in flight, otherwise "kept": it is
-- released again later (the campaign was paused, the daemon stops, the gateway is dead, or nobody of it may be texted at
-- this hour: then not before the time that the caller says).
--
-- KEYS  1 campaign  2 ledger  3 leases  4 outstanding blocks  5 kept blocks
-- ARGV  1 now [µs] or ""   2 lease field   3 fence   4 first nibble   5 how many   6 block number, or "" (direct)
--       7 not before [wall ms], 0 = at once
-- Returns "done", "kept", or "lost" (the lease is somebody else's now; nothing changed)
local now = clock(ARGV[1])
if not lease_is_mine(KEYS[3], ARGV[2], ARGV[3], now) then return 'lost' end
local first, count = tonumber(ARGV[4]), tonumber(ARGV[5])
local ledger = ledger_open(KEYS[2], first, first + count - 1)
local status = redis.call('HGET', KEYS[1], 'status')
local stopped = (status == 'cancelled' and CANCELLED) or (status == 'expired' and EXPIRED)
local open = false
for i = 0, count - 1 do
  -- Somebody in flight whose answer is not recorded: the lease must run out, and the next holder decides.
  if ledger.get(first + i) == IN_FLIGHT then return 'lost' end
end
for i = 0, count - 1 do
  if ledger.get(first + i) == PENDING then
    if stopped then ledger.set(first + i, stopped) else open = true end
  end
end
ledger.save(KEYS[1])
redis.call('HDEL', KEYS[3], ARGV[2])
if ARGV[6] ~= '' then
  redis.call('ZREM', KEYS[4], ARGV[6])
  if open and tonumber(ARGV[7]) > 0 then
    redis.call('ZADD', hours_key(KEYS[1]), ARGV[7], ARGV[6])
    hours_changed(KEYS[1])
  elseif open then
    redis.call('SADD', KEYS[5], ARGV[6])
  end
end
finish_if_done(KEYS[1], now)
return open and 'kept' or 'done'
