-- Marks blocks as released, after their batches were published (published twice is harmless, lost is not).
--
-- KEYS  1 campaign  2 outstanding blocks  3 kept blocks
-- ARGV  1 next block that was never released   2… block numbers
local next_block = tonumber(redis.call('HGET', KEYS[1], 'next') or '0')
if tonumber(ARGV[1]) > next_block then redis.call('HSET', KEYS[1], 'next', ARGV[1]) end
for i = 2, #ARGV do
  redis.call('SADD', KEYS[2], ARGV[i])
  redis.call('SREM', KEYS[3], ARGV[i])
end
return 1
