-- (after names.lua) Which audience somebody means by a name: one of their groups' own, else one that is lent to them.
--
-- KEYS  1 audiences
-- ARGV  1 key prefix of audiences ("muster:a:")   2 name   3 groups allowed
-- Returns {"ok", id}, {"missing"}, or {"several", id, group, id, group, …}
local own, lent = {}, {}
for _, id in ipairs(ids_of(KEYS[1], ARGV[2])) do
  local a = redis.call('HMGET', ARGV[1] .. id, 'group', 'lent')
  local list = reaches(ARGV[3], a[1]) and own
  for group in string.gmatch(a[2] or '', '[^,]+') do list = list or (reaches(ARGV[3], group) and lent) end
  if list then
    list[#list + 1] = id
    list[#list + 1] = a[1]
  end
end
local found = #own > 0 and own or lent
if #found == 0 then return {'missing'} end
if #found == 2 then return {'ok', found[1]} end
return {'several', unpack(found)}
