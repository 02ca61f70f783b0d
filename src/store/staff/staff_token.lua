-- (after staff_common.lua) One change of tokens.
--
-- ARGV  1…3   4 member   5 what: add (6 hash, 7 name, 8 scopes, 9 until) | end (6 hash)
-- Returns {"ok", member, mark, told (taken.lua)} or {"no", why}: gone, invited, full
local id, what, hash = ARGV[4], ARGV[5], ARGV[6]
local member = get('members', id)
if not member then return {'no', 'gone'} end
if what == 'add' then
  if not is_in(member) then return {'no', member.state == 'invited' and 'invited' or 'gone'} end
  if redis.call('HLEN', staff('tokens')) >= TOKENS_MAX + redis.call('HLEN', staff('file')) then return {'no', 'full'} end
  redis.call('SADD', staff('tokens_of:' .. id), hash)
  put('tokens', hash, {member = id, name = ARGV[7], scopes = ARGV[8], by = WHO, at = NOW, ['until'] = tonumber(ARGV[9])})
  trail('made the token ' .. ARGV[7] .. ' of ' .. member.name, member.groups, ARGV[8])
  return done(id)
end
local token = get('tokens', hash)
if not token or token.member ~= id then return {'no', 'gone'} end
drop('tokens', hash)
redis.call('SREM', staff('tokens_of:' .. id), hash)
trail('ended the token ' .. token.name .. ' of ' .. member.name, member.groups)
return done(id)
