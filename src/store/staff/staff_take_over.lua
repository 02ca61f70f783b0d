-- (after staff_common.lua) People of muster.yaml become members, once each; `staff:file` remembers them by name, so that whoever
-- was revoked stays out whatever the file says. A token that is another one in the file now takes the place of the one
-- that came from there.
--
-- ARGV  1…3   4… name, role, groups, everywhere ("1"), hash of the token; for each
-- Returns {how many became members, how many tokens changed, names that somebody else has, mark, told (taken.lua)}
local became, renewed, clash = 0, 0, 0
for i = 4, #ARGV, 5 do
  local name, role, groups, everywhere, hash = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3] == '1', ARGV[i + 4]
  local was = redis.call('HGET', staff('file'), name)
  local id = redis.call('HGET', staff('names'), name)
  local give = false
  if not was and id then
    clash = clash + 1
  elseif not was then
    id = new_member({name = name, role = role, groups = groups, everywhere = everywhere, state = 'in', by = 'muster.yaml', at = NOW})
    became, give = became + 1, true
  elseif was ~= hash then
    drop('tokens', was)
    local member = id and get('members', id)
    if member and member.state == 'in' then renewed, give = renewed + 1, true end
  end
  if give then
    redis.call('SADD', staff('tokens_of:' .. id), hash)
    put('tokens', hash, {member = id, name = 'muster.yaml', scopes = '', by = 'muster.yaml', at = NOW})
  end
  if was or give then redis.call('HSET', staff('file'), name, hash) end
end
if became > 0 then trail('took over ' .. became .. ' people of muster.yaml') end
local mark, text = take_taken(P .. 'store')
return {became, renewed, clash, mark, text}
