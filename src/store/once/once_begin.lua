-- Begins a request that is done once, or says what became of it.
--
-- KEYS  1 once:{id}:{key}   2 once:{id}: the keys of that member, by when they began
-- ARGV  1 digest of what is asked   2 now [wall ms]   3 how long it is kept [ms]   4 how many keys a member may have
--       5 the key as it stands in KEYS[2]
-- Returns {"new"}, {"begun", since when}, {"kept", status, content type, body}, {"other"} or {"full"}
local before = redis.call('HMGET', KEYS[1], 'digest', 'at_ms', 'status', 'type', 'body')
if before[1] and before[1] ~= ARGV[1] then return {'other'} end
if before[3] then return {'kept', tonumber(before[3]), before[4], before[5]} end
if before[1] then return {'begun', tonumber(before[2])} end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', ARGV[2] - ARGV[3]))
if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[4]) then return {'full'} end
redis.call('ZADD', KEYS[2], ARGV[2], ARGV[5])
redis.call('PEXPIRE', KEYS[2], ARGV[3])
redis.call('HSET', KEYS[1], 'digest', ARGV[1], 'at_ms', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {'new'}
