-- (after staff_common.lua) One change of sessions.
--
-- ARGV  1…3   4 member   5 what: begin (6 hash, 7 until, 8 device, 9 address) | end (6 hash) | end_others (6 the hash that stays,
--       "" none does) | seen (6 hash)
-- Returns {"ok", member, mark, told (taken.lua)} or {"no", "gone"}
local id, what, hash = ARGV[4], ARGV[5], ARGV[6]
local member = get('members', id)
if not member then return {'no', 'gone'} end
if what == 'begin' then
  if not is_in(member) then return {'no', 'gone'} end
  local ends, over = tonumber(ARGV[7]), tonumber(member['until'] or 0)
  WHO = member.name
  trail('signed in', member.groups)
  begin_session(hash, id, ARGV[8], ARGV[9], over > 0 and math.min(ends, over) or ends)
  return done(id)
elseif what == 'end_others' then
  drop_sessions(id, hash)
  trail('ended sessions of ' .. member.name, member.groups)
  return done(id)
end
local session = get('sessions', hash)
if not session or session.member ~= id then return {'no', 'gone'} end
if what == 'seen' then
  session.seen = NOW
  put('sessions', hash, session)
else
  drop('sessions', hash)
  redis.call('ZREM', staff('of:' .. id), hash)
  trail('ended a session of ' .. member.name, member.groups)
end
return done(id)
