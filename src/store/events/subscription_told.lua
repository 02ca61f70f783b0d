-- How a delivery ended. What was taken goes; what was not waits, and the next try is later each time.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 taken 0|1   5 the last event of it, or ''   6 it told of a reset 0|1   7 HTTP
--       status, 0 = no response   8 why not   9 shortest and 10 longest time to the next try [ms]
local key, now = ARGV[1] .. 'sub:' .. ARGV[3], tonumber(ARGV[2])
if redis.call('EXISTS', key) == 0 then return 0 end
redis.call('HSET', key, 'last_ms', now, 'last_status', ARGV[7], 'last_error', ARGV[8])
if ARGV[4] == '1' then
  local ms, seq = string.match(ARGV[5], '^(%d+)-(%d+)$')
  local n = ms and redis.call('XTRIM', key .. ':q', 'MINID', ms .. '-' .. string.format('%.0f', seq + 1)) or 0
  redis.call('HINCRBY', key, 'delivered', n)
  redis.call('HDEL', key, 'failures', 'since_ms', 'next_ms')
  if ARGV[6] == '1' then redis.call('HDEL', key, 'reset') end
  return 1
end
local failures = redis.call('HINCRBY', key, 'failures', 1)
redis.call('HSETNX', key, 'since_ms', now)
redis.call('HSET', key, 'next_ms', string.format('%.0f', now + math.min(ARGV[9] * 2 ^ math.min(failures - 1, 30), tonumber(ARGV[10]))))
return 0
