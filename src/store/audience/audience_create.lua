-- Makes a draft. Its name is claimed only when it is frozen, so an import that was cut off never stands in
-- the way of the next one; but a name that a frozen audience has is refused here already.
--
-- KEYS  1 id:audience   2 audiences   3 drafts
-- ARGV  1 prefix of audience keys ("muster:a:")   2 name   3 when it may be swept [wall ms]
--       4… field, value, field, value, … of the new hash
-- Returns {"ok", id} or {"exists", id of the one that has the name}
local other = redis.call('HGET', KEYS[2], ARGV[2])
if other then return {'exists', other} end
local id = redis.call('INCR', KEYS[1])
redis.call('HSET', ARGV[1] .. string.format('%d', id), 'name', ARGV[2], unpack(ARGV, 4))
redis.call('ZADD', KEYS[3], ARGV[3], id)
return {'ok', tostring(id)}
