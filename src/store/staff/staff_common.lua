-- (after follow_changed.lua, audit.lua, events.lua, group_appear.lua, mark.lua, taken.lua; a part that is put in front of the scripts of this room.) Members, tokens, sessions and
-- codes are fields of four hashes, each a record in JSON; what of it the web processes keep a copy of is told to them.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who does it (actor)
--
-- Records (store/roster.h says what they mean):
--   staff:members   id → name role groups everywhere state number language by at until out_by out_at
--   staff:tokens    hash → member name scopes by at until
--   staff:sessions  hash → member device address at seen until
--   staff:codes     hash → kind (invite | link | login | shift) member by at until; of a shift group, max, joined
-- `until` [wall ms]: then it is over, and the sweep takes it away (staff:until).
local P, NOW, WHO = ARGV[1], tonumber(ARGV[2]), (actor(ARGV[3])) -- WHO: their name
local DAY_MS = 86400000
local OUT_KEPT_MS = 30 * DAY_MS
local MEMBERS_MAX, TOKENS_MAX, CODES_MAX, SESSIONS_EACH = 20000, 2000, 5000, 10

local function staff(kind)
  return P .. 'staff:' .. kind
end

local function get(kind, id)
  local text = redis.call('HGET', staff(kind), id)
  return text and cjson.decode(text)
end

-- Who reads the audit trail of one of their groups hears that a member is another than before.
local function tell_of_member(id, record)
  local what = record.state == 'out' and 'out' or 'changed'
  if record.everywhere or (record.groups or '') == '' then return tell(P, 'member', id, '', what, WHO) end
  for group in string.gmatch(record.groups, '[^,]+') do tell(P, 'member', id, group, what, WHO) end
end

-- Whose people somebody is, that group is there.
local function note_groups_of(record)
  if record.state == 'out' then return end
  for group in string.gmatch(record.groups or '', '[^,]+') do note_group(P, group) end
end

-- `leaves` [wall ms]: when the sweep looks at it, if not at its `until`.
local function put(kind, id, record, leaves)
  redis.call('HSET', staff(kind), id, cjson.encode(record))
  leaves = leaves or tonumber(record['until'] or 0)
  if leaves > 0 then
    redis.call('ZADD', staff('until'), leaves, kind .. ' ' .. id)
  else
    redis.call('ZREM', staff('until'), kind .. ' ' .. id)
  end
  if kind ~= 'codes' then changed(staff('changes'), 'staff:' .. kind, id) end
  if kind == 'members' then
    tell_of_member(id, record)
    note_groups_of(record)
  end
end

local ONE_OF = {sessions = 'session', tokens = 'token', codes = 'code'}
local function drop(kind, id)
  redis.call('ZREM', staff('until'), kind .. ' ' .. id)
  if redis.call('HDEL', staff(kind), id) == 0 then return end
  if kind ~= 'codes' then changed(staff('changes'), 'staff:' .. kind, id) end
  if ONE_OF[kind] then tell_taken(ONE_OF[kind], id, 0, '') end
end

-- The reply of a script that may have taken something away: {"ok", id, mark, what it was}.
local function done(id)
  local mark, text = take_taken(P .. 'store')
  return {'ok', id, mark, text}
end

-- Of one group, or of the organisation.
local function group_of(groups)
  return groups and not string.find(groups, ',', 1, true) and groups or ''
end

-- Two lists of groups in one: those that somebody leaves see it, too.
local function all_groups(was, now)
  local list = now
  for group in string.gmatch(was, '[^,]+') do
    if not string.find(',' .. list .. ',', ',' .. group .. ',', 1, true) then list = list .. (list ~= '' and ',' or '') .. group end
  end
  return list
end

-- Whoever comes in has a name from then on. `groups`: whose it is about, each of which sees it; none: the organisation's.
local function trail(what, groups, why)
  local who = string.gsub(ARGV[3], '^[^\31]*', function() return WHO end)
  audit(P .. 'audit', {at_ms = NOW, who = who, what = what, why = why,
    group = group_of(groups), groups = groups and group_of(groups) ~= groups and groups or nil})
end

-- ---- members ----

-- who watches hears of it: invited, waiting, in, moved, out
local function tell_member(id, member, what)
  tell(P, 'member', id, group_of(member.groups), what or member.state, WHO)
end

local function new_member(record)
  local id = string.format('%d', redis.call('INCR', P .. 'id:member'))
  redis.call('HSET', staff('names'), record.name, id)
  if record.number then redis.call('HSET', staff('numbers'), record.number, id) end
  put('members', id, record)
  tell_member(id, record)
  return id
end

local function drop_sessions(id, but)
  local key = staff('of:' .. id)
  for _, session in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if session ~= but then
      drop('sessions', session)
      redis.call('ZREM', key, session)
    end
  end
end

local function drop_tokens(id)
  local key = staff('tokens_of:' .. id)
  for _, token in ipairs(redis.call('SMEMBERS', key)) do drop('tokens', token) end
  redis.call('DEL', key)
end

local function set_number(id, member, number)
  if member.number then redis.call('HDEL', staff('numbers'), member.number) end
  member.number = number
  if number then redis.call('HSET', staff('numbers'), number, id) end
end

-- Their code, if they have one that was not used yet.
local function drop_code_of(id)
  local code = redis.call('HGET', staff('code_of'), id)
  if code then drop('codes', code) end
  redis.call('HDEL', staff('code_of'), id)
end

-- Out at once; the record stays for a while, so that people see who it was, and the name is not somebody else's.
local function put_out(id, member, by)
  member.state, member.out_by, member.out_at = 'out', by, NOW
  set_number(id, member, nil)
  drop_sessions(id)
  drop_tokens(id)
  drop_code_of(id)
  tell_taken('member', id, member.at, '')
  put('members', id, member, NOW + OUT_KEPT_MS)
  tell_member(id, member)
end

local function forget_member(id, member)
  set_number(id, member, nil)
  drop_sessions(id)
  drop_tokens(id)
  drop_code_of(id)
  redis.call('HDEL', staff('names'), member.name)
  drop('members', id)
end

local function is_in(member)
  local ends = member and tonumber(member['until'] or 0)
  return member and member.state == 'in' and (ends == 0 or NOW < ends)
end

-- ---- sessions and codes ----

-- The oldest of a member's goes when there are too many.
local function begin_session(hash, id, device, address, ends)
  local key = staff('of:' .. id)
  redis.call('ZADD', key, NOW, hash)
  for _, session in ipairs(redis.call('ZRANGE', key, 0, -SESSIONS_EACH - 1)) do
    drop('sessions', session)
    redis.call('ZREM', key, session)
  end
  put('sessions', hash, {member = id, device = device, address = address, at = NOW, seen = NOW, ['until'] = ends})
end

-- A code for one member takes the place of the one before.
local function put_code(hash, code)
  if code.member then
    drop_code_of(code.member)
    redis.call('HSET', staff('code_of'), code.member, hash)
  end
  put('codes', hash, code)
end

local function live_code(hash)
  local code = get('codes', hash)
  return code and NOW < tonumber(code['until']) and code
end
