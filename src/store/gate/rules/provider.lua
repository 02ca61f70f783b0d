-- The provider has as much in its own queue as may be: everybody waits.
function rule.provider(ask)
  local LOOK = 250000 -- [µs] between two looks at a queue that is full
  local most = tonumber(ARGV[QUEUE_FULL])
  if most == 0 or not provider_queue_open(most, ask.now).is_full() then return nil end
  ask.wait_until = ask.now + LOOK
  redis.call('HSET', KEYS[CAMPAIGN], 'queue_full_ms', math.floor(ask.now / 1000))
  return function() return WAITS end
end
