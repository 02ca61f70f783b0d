-- (after staff_common.lua) One change of a member.
--
-- ARGV  1…3   4 member   5 what: revoke | approve | move (6 role, 7 groups, 8 everywhere "1") | number (6 digits, "" none)
-- Returns {"ok", member, mark, told (taken.lua)} or {"no", why}: gone, number
local id, what = ARGV[4], ARGV[5]

local member = get('members', id)
if not member or member.state == 'out' then return {'no', 'gone'} end
if what == 'revoke' then
  trail('revoked ' .. member.name, member.groups)
  put_out(id, member, WHO)
  return done(id)
elseif what == 'approve' then
  if member.state == 'waiting' then
    member.state = 'in'
    trail('approved ' .. member.name, member.groups)
  end
elseif what == 'move' then
  local was = member.groups or ''
  member.role, member.groups, member.everywhere = ARGV[6], ARGV[7], ARGV[8] == '1'
  trail('moved ' .. member.name .. ': ' .. ARGV[6] .. ' of ' .. (ARGV[8] == '1' and 'every group' or ARGV[7]), all_groups(was, ARGV[7]))
  tell_taken('moved', id, member.at, ARGV[6] .. ';' .. ARGV[8] .. ';' .. ARGV[7])
elseif what == 'number' then
  local whose = ARGV[6] ~= '' and redis.call('HGET', staff('numbers'), ARGV[6])
  if whose and whose ~= id then return {'no', 'number'} end
  set_number(id, member, ARGV[6] ~= '' and ARGV[6] or nil)
  tell_taken('number', id, member.at, ARGV[6])
  trail(ARGV[6] ~= '' and 'saved a number of ' .. member.name or 'took away the number of ' .. member.name, member.groups)
end
put('members', id, member)
if what == 'approve' or what == 'move' then tell_member(id, member, what == 'move' and 'moved' or 'in') end
return done(id)
