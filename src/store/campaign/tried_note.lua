-- A text was sent to a phone as a test.
--
-- KEYS  1 texts by when
-- ARGV  1 digest   2 now [wall ms]   3 how many are kept
redis.call('ZADD', KEYS[1], ARGV[2], ARGV[1])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - tonumber(ARGV[3]))
return 1
