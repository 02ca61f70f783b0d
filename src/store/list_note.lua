-- What became of a list that was uploaded. Those whose time is over leave the list of them all here.
--
-- KEYS  1 list:{id}   2 lists
-- ARGV  1 id   2 the note   3 now [wall ms]   4 how long it is kept [ms]
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[4])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', ARGV[3] - ARGV[4]))
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
