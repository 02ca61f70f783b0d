-- The unknown of a campaign that have been so for a while but not for ever, the oldest first.
--
-- KEYS  1 campaign
-- ARGV  1 now [µs] or ""   2 at least this old [ms]   3 at most this old [ms]   4 how many to skip   5 how many at most
-- Returns {index, since [wall ms], index, since, …}
local now_ms = math.floor(clock(ARGV[1]) / 1000)
return redis.call('ZRANGEBYSCORE', unknown_key(KEYS[1]), now_ms - tonumber(ARGV[3]), now_ms - tonumber(ARGV[2]),
  'WITHSCORES', 'LIMIT', ARGV[4], ARGV[5])
