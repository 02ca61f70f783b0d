-- A request that is done once has ended: what was answered is kept, or it was not done and its key is new again.
--
-- KEYS  1 once:{id}:{key}   2 once:{id}
-- ARGV  1 digest of what was asked   2 status, 0: it was not done   3 content type   4 body   5 the key as it stands in KEYS[2]
-- Returns 1, or 0: it is another's by now
if redis.call('HGET', KEYS[1], 'digest') ~= ARGV[1] then return 0 end
if ARGV[2] == '0' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[2], ARGV[5])
else
  redis.call('HSET', KEYS[1], 'status', ARGV[2], 'type', ARGV[3], 'body', ARGV[4])
end
return 1
