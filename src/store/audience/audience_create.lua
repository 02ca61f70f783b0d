-- (after names.lua, group_appear.lua) Makes a draft. Its name is claimed only when it is frozen, so an import that was cut off never stands in
-- the way of the next one; but a name that a frozen audience of the group has is refused here already.
--
-- KEYS  1 id:audience   2 audiences   3 drafts
-- ARGV  1 prefix of audience keys ("muster:a:")   2 name   3 when it may be swept [wall ms]
--       4 group   5… field, value, field, value, … of the new hash
-- Returns {"ok", id} or {"exists", id of the one that has the name}
local other = id_in_group(KEYS[2], ARGV[2], ARGV[1], ARGV[4])
if other then return {'exists', other} end
local id = redis.call('INCR', KEYS[1])
redis.call('HSET', ARGV[1] .. string.format('%d', id), 'name', ARGV[2], 'group', ARGV[4], unpack(ARGV, 5))
redis.call('ZADD', KEYS[3], ARGV[3], id)
note_group(string.sub(ARGV[1], 1, -3), ARGV[4])
return {'ok', tostring(id)}
