-- The first step of a deletion: the audience loses its name and is marked, so that nobody finds it or adds
-- to it any more, and stands among the drafts, so that a deletion that is cut off is finished by the sweep.
--
-- KEYS  1 a:{id}   2 audiences   3 drafts
-- ARGV  1 audience id   2 now [wall ms]
-- Returns {"ok", blocks, buckets} or {"missing"}
local meta = redis.call('HMGET', KEYS[1], 'name', 'blocks', 'buckets')
if not meta[1] then
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {'missing'}
end
if redis.call('HGET', KEYS[2], meta[1]) == ARGV[1] then redis.call('HDEL', KEYS[2], meta[1]) end
redis.call('HSET', KEYS[1], 'gone', 1)
redis.call('ZADD', KEYS[3], ARGV[2], ARGV[1])
return {'ok', meta[2], meta[3]}
