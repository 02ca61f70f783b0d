-- The campaigns that the leader looks at now. It looks again after `every` at the latest, whatever becomes of it; what it or
-- somebody else wants sooner comes with look_at. One that is due later than that was noted before Redis' clock was set back.
--
-- KEYS  1 due
-- ARGV  1 now [wall ms]   2 every [ms]   3 how many at most
-- Returns the ids
local now, every = tonumber(ARGV[1]), tonumber(ARGV[2])
local ids = {}
local function take(from, to)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], from, to, 'LIMIT', 0, ARGV[3] - #ids)) do ids[#ids + 1] = id end
end
take('-inf', now)
take(now + every + 1000, '+inf')
for _, id in ipairs(ids) do redis.call('ZADD', KEYS[1], now + every, id) end
return ids
