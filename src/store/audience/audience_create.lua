-- (after names.lua, group_appear.lua) Makes a draft. Its name is claimed only when it is frozen, so an import that was cut off never stands in
-- the way of the next one; but a name that a frozen audience of the group has is refused here already. A draft that is to follow another
-- audience under its name (a change of a list) says which.
--
-- KEYS  1 id:audience   2 audiences   3 drafts
-- ARGV  1 prefix of audience keys ("muster:a:")   2 name   3 when it may be swept [wall ms]
--       4 group   5 the audience that it is to follow, or ""   6… field, value, field, value, … of the new hash
-- Returns {"ok", id}, {"exists", id of the one that has the name}, or {"changed"}: another one follows that audience already, or it is gone
local base = ARGV[5]
if base ~= '' then
  local b = redis.call('HMGET', ARGV[1] .. base, 'frozen', 'next', 'gone')
  if not b[1] or b[2] or b[3] then return {'changed'} end
else
  local other = id_in_group(KEYS[2], ARGV[2], ARGV[1], ARGV[4])
  if other then return {'exists', other} end
end
local id = redis.call('INCR', KEYS[1])
redis.call('HSET', ARGV[1] .. string.format('%d', id), 'name', ARGV[2], 'group', ARGV[4], unpack(ARGV, 6))
redis.call('ZADD', KEYS[3], ARGV[3], id)
note_group(string.sub(ARGV[1], 1, -3), ARGV[4])
return {'ok', tostring(id)}
