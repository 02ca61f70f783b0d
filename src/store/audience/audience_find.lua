-- (after names.lua) Which audience of their groups somebody means by a name.
--
-- KEYS  1 audiences
-- ARGV  1 key prefix of audiences ("muster:a:")   2 name   3 groups allowed
-- Returns {"ok", id}, {"missing"}, or {"several", id, group, id, group, …}
local found = {}
for _, id in ipairs(ids_of(KEYS[1], ARGV[2])) do
  local group = redis.call('HGET', ARGV[1] .. id, 'group')
  if reaches(ARGV[3], group) then
    found[#found + 1] = id
    found[#found + 1] = group
  end
end
if #found == 0 then return {'missing'} end
if #found == 2 then return {'ok', found[1]} end
return {'several', unpack(found)}
