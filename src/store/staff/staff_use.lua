-- (after staff_common.lua) Somebody comes in by a code: their session begins in the same step, so that of two who use one at
-- once one comes in.
--
-- ARGV  1…3   4 hash of the code   5 hash of the session   6 its until [wall ms]   7 device   8 address
--       9 name of whom a shift's link brings   10 their number, or ""
-- Returns {"ok", member, mark, told (taken.lua)} or {"no", why}: gone, nameless, taken, number, full
local hash, session, ends = ARGV[4], ARGV[5], tonumber(ARGV[6])
local code = live_code(hash)
if not code then return {'no', 'gone'} end
if code.kind ~= 'shift' then
  local member = get('members', code.member)
  local fits = code.kind == 'invite' and member and member.state == 'invited' or code.kind ~= 'invite' and is_in(member)
  if not fits then return {'no', 'gone'} end
  WHO = member.name
  if code.kind == 'invite' then
    member.state, member['until'] = 'in', nil
    put('members', code.member, member)
    tell_member(code.member, member)
    trail('joined by the invitation of ' .. code.by, member.groups)
  else
    trail('signed in by a link', member.groups)
  end
  drop_code_of(code.member)
  if tonumber(member['until'] or 0) > 0 then ends = math.min(ends, tonumber(member['until'])) end
  begin_session(session, code.member, ARGV[7], ARGV[8], ends)
  return done(code.member)
end
if code.joined >= code.max or redis.call('HLEN', staff('members')) >= MEMBERS_MAX then return {'no', 'full'} end
if ARGV[9] == '' then return {'no', 'nameless'} end
if redis.call('HEXISTS', staff('names'), ARGV[9]) == 1 then return {'no', 'taken'} end
if ARGV[10] ~= '' and redis.call('HEXISTS', staff('numbers'), ARGV[10]) == 1 then return {'no', 'number'} end
WHO, ends = ARGV[9], tonumber(code['until'])
code.joined = code.joined + 1
put('codes', hash, code)
local id = new_member({name = WHO, role = 'volunteer', groups = code.group, everywhere = false, number = ARGV[10] ~= '' and ARGV[10] or nil,
  state = code.approve and 'waiting' or 'in', by = code.by, at = NOW, ['until'] = ends})
redis.call('SADD', staff('came:' .. hash), id)
redis.call('PEXPIRE', staff('came:' .. hash), string.format('%.0f', ends - NOW))
trail('came by a link for a shift of ' .. code.group, code.group)
begin_session(session, id, ARGV[7], ARGV[8], ends)
return done(id)
