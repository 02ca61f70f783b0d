-- KEYS  1 there
-- ARGV  1 now [wall ms]  2 [ms] how long somebody is there  3 how many at most  4… members' ids
local at = {}
for i = 4, #ARGV do
  at[#at + 1] = ARGV[1]
  at[#at + 1] = ARGV[i]
end
redis.call('ZADD', KEYS[1], 'GT', unpack(at))
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[1] - ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
return 1
