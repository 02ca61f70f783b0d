-- (after staff_common.lua) A link for one person: a new member, whose name is theirs from now on; or one who is there
-- (`member`) and needs a way in.
--
-- ARGV  1…3   4 hash of the code   5 until [wall ms]   6 member, or ""   7 name   8 role   9 groups   10 everywhere ("1")
--       11 language
-- Returns {"ok", member, mark, told (taken.lua)} or {"no", why}: taken, full, gone
local hash, ends, id, name = ARGV[4], tonumber(ARGV[5]), ARGV[6], ARGV[7]
if redis.call('HLEN', staff('codes')) >= CODES_MAX then return {'no', 'full'} end
if id ~= '' then
  local member = get('members', id)
  if not member or (not is_in(member) and member.state ~= 'invited') then return {'no', 'gone'} end
  if member.state == 'invited' then
    member['until'] = ends
    put('members', id, member)
  end
  put_code(hash, {kind = member.state == 'invited' and 'invite' or 'link', member = id, by = WHO, at = NOW, ['until'] = ends})
  trail('made a link for ' .. member.name, member.groups)
  return done(id)
end
if redis.call('HEXISTS', staff('names'), name) == 1 then return {'no', 'taken'} end
if redis.call('HLEN', staff('members')) >= MEMBERS_MAX then return {'no', 'full'} end
id = new_member({name = name, role = ARGV[8], groups = ARGV[9], everywhere = ARGV[10] == '1', language = ARGV[11], state = 'invited',
  by = WHO, at = NOW, ['until'] = ends})
put_code(hash, {kind = 'invite', member = id, by = WHO, at = NOW, ['until'] = ends})
trail('invited ' .. name .. ' as ' .. ARGV[8] .. (ARGV[9] ~= '' and ' of ' .. ARGV[9] or ''), ARGV[9])
return done(id)
