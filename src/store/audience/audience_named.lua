-- (after names.lua) Several lists by name and group, in one read.
--
-- KEYS  1 audiences
-- ARGV  1 key prefix of audiences ("muster:a:"), then of each list: name, group
-- Returns of each list {id, what a:{id} holds}, or {} where the group has none of that name.
local found = {}
for i = 2, #ARGV, 2 do
  local id = id_in_group(KEYS[1], ARGV[i], ARGV[1], ARGV[i + 1])
  found[#found + 1] = id and {id, redis.call('HGETALL', ARGV[1] .. id)} or {}
end
return found
