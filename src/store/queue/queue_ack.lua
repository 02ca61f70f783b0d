-- A message is settled: it leaves the group's books and the stream in one step, so that no crash leaves an
-- entry that nobody will ever read. Harmless when repeated, and right even when another consumer has taken
-- the message over: settled is settled.
--
-- KEYS  1 q:{lane}
-- ARGV  1 group   2 entry id
redis.call('XACK', KEYS[1], ARGV[1], ARGV[2])
return redis.call('XDEL', KEYS[1], ARGV[2])
