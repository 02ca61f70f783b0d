-- Gives the lease on a batch up: "settled" when nobody in it is pending or in flight, otherwise "kept": it is
-- released again later (the campaign was paused, the daemon stops, the gateway is dead, or nobody of it may be texted at
-- this hour: then not before the time that the caller says).
--
-- KEYS, ARGV: store/gate/names.h
-- Returns "settled", "kept", or "lost" (the lease is somebody else's now; nothing changed)
local now = clock(ARGV[NOW])
if not lease_is_mine(KEYS[LEASES], ARGV[FIELD], ARGV[FENCE], now) then return 'lost' end
local first, count = tonumber(ARGV[FIRST]), tonumber(ARGV[COUNT])
local ledger = ledger_open(KEYS[LEDGER], first, first + count - 1)
local status = redis.call('HGET', KEYS[CAMPAIGN], 'status')
local stopped = (status == CAMPAIGN_CANCELLED and CANCELLED) or (status == CAMPAIGN_EXPIRED and EXPIRED)
local open = false
for i = 0, count - 1 do
  -- Somebody in flight whose outcome is not recorded: the lease must run out, and the next holder decides.
  if ledger.get(first + i) == IN_FLIGHT then return 'lost' end
end
for i = 0, count - 1 do
  if ledger.get(first + i) == PENDING then
    if stopped then ledger.set(first + i, stopped) else open = true end
  end
end
ledger.save(KEYS[CAMPAIGN])
lease_end(KEYS[LEASES], ARGV[FIELD], KEYS[OUTSTANDING], ARGV[BLOCK])
if ARGV[BLOCK] ~= '' then
  if open and tonumber(ARGV[NOT_BEFORE]) > 0 then
    redis.call('ZADD', hours_key(KEYS[CAMPAIGN]), ARGV[NOT_BEFORE], ARGV[BLOCK])
    redis.call('HSET', KEYS[CAMPAIGN], 'rested_ms', math.floor(now / 1000))
    hours_changed(KEYS[CAMPAIGN])
  elseif open then
    redis.call('SADD', KEYS[KEPT], ARGV[BLOCK])
  end
  money_settle(KEYS[CAMPAIGN], ARGV[BLOCK])
end
look_at(KEYS[CAMPAIGN], 0)
finish_if_done(KEYS[CAMPAIGN], now)
return open and 'kept' or 'settled'
