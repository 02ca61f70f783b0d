-- (after group_appear.lua, place_common.lua) Makes places and sessions, and corrects them: one after the other, each for itself.
--
-- ARGV  1 … 4   5 places at most   6 sessions at most   7 sessions of a place at most   8 longest session [ms]   9 import or ''
--       10… place | session, id or '' (new; of an import: the one of that code, or new), JSON of what is said, …
-- Returns for each {made | changed | same, id}, or {why not, …}: missing; no_place; not_yours; code, id (another has it); full;
-- full_place; needs, key; times; long
local is_import = ARGV[9] == 'import'
local KINDS = {
  place = {hash = 'places', next = 'place:next', codes = 'place:codes', most = tonumber(ARGV[5]), needs = {'name', 'lat'}},
  session = {hash = 'sessions', next = 'session:next', codes = 'session:codes', most = tonumber(ARGV[6]), needs = {'place', 'start', 'end'}},
}

local function merged(old, said)
  local record, fields = {}, {}
  for key, value in pairs(old or {}) do record[key] = value end
  for key, value in pairs(said) do
    if record[key] ~= value then fields[#fields + 1] = key end
    record[key] = value
  end
  table.sort(fields)
  return record, fields
end

-- Why a session cannot stand as it would be.
local function times_wrong(record)
  if record['end'] <= record.start then return {'times'} end
  if record['end'] - record.start > tonumber(ARGV[8]) then return {'long'} end
end

local function session_wrong(record, old)
  local place = string.format('%d', record.place)
  if old and old.place == record.place then return times_wrong(record) end
  if redis.call('SCARD', P .. 'place:sessions:' .. place) >= tonumber(ARGV[7]) then return {'full_place'} end
  return times_wrong(record)
end

-- The group of what is written: a session's is its place's. nil: there is no such place.
local function group_of(name, record)
  if name == 'place' then return record.group or '' end
  local place = record.place and load('places', string.format('%d', record.place))
  return place and (place.group or '')
end

local function wrong(kind, name, record, old, group)
  for _, key in ipairs(kind.needs) do
    if record[key] == nil then return {'needs', key == 'lat' and 'at' or key} end
  end
  if not group then return {'no_place'} end
  if not may(group) then return {'not_yours'} end
  if not old and redis.call('HLEN', P .. kind.hash) >= kind.most then return {'full'} end
  return name == 'session' and session_wrong(record, old) or nil
end

-- Its sessions' codes stand under the group, too.
local function move_group(id, from, to)
  for _, session in ipairs(redis.call('SMEMBERS', P .. 'place:sessions:' .. id)) do
    local code = load('sessions', session).code
    drop_code('session:codes', from, code, session)
    if code and code ~= '' then redis.call('HSETNX', P .. 'session:codes', code_of(to, code), session) end
  end
end

local function keep_place(id, record, old)
  local group, before = record.group or '', old and (old.group or '')
  if before == group then return end
  note_group(P, group)
  redis.call('HINCRBY', P .. 'group:places', group, 1)
  if not old then return end
  redis.call('HINCRBY', P .. 'group:places', before, -1)
  move_group(id, before, group)
end

local function keep_session(id, record, old)
  if old then redis.call('SREM', P .. 'place:sessions:' .. string.format('%d', old.place), id) end
  redis.call('SADD', P .. 'place:sessions:' .. string.format('%d', record.place), id)
  redis.call('ZADD', P .. 'sessions:end', record['end'], id)
end

-- Another one that has the code of this one.
local function code_taken(kind, group, code, id)
  local other = code and code ~= '' and redis.call('HGET', P .. kind.codes, code_of(group, code))
  return other and other ~= id and other or nil
end

local function word_of(name, record, old)
  local word = old and 'changed' or 'made'
  if name == 'place' then return word end
  if old and record.cancelled and not old.cancelled then word = 'called_off' end
  return 'session_' .. word
end

local function tell_of(name, id, record, old, group, fields)
  local word = word_of(name, record, old)
  tell(P, 'place', name == 'place' and id or string.format('%d', record.place), group, word, WHO)
  local what = name .. ' ' .. id .. ' ' .. string.gsub(string.gsub(word, '^session_', ''), '_', ' ')
  if word == 'changed' or word == 'session_changed' then what = what .. ': ' .. table.concat(fields, ', ') end
  audit(P .. 'audit', {at_ms = NOW, who = WHO, group = group, what = what})
end

local function write(kind, name, id, old, old_group, said)
  local record, fields = merged(old, said)
  if old and #fields == 0 then return {'same', tonumber(id)} end
  local group = group_of(name, record)
  local no = wrong(kind, name, record, old, group)
  if no then return no end
  local taken = code_taken(kind, group, record.code, id)
  if taken then return {'code', tonumber(taken)} end
  if not old then id = string.format('%d', redis.call('INCR', P .. kind.next)) end
  if old then drop_code(kind.codes, old_group, old.code, id) end
  if record.code and record.code ~= '' then redis.call('HSET', P .. kind.codes, code_of(group, record.code), id) end
  redis.call('HSET', P .. kind.hash, id, cjson.encode(record))
  if name == 'place' then keep_place(id, record, old) else keep_session(id, record, old) end
  told(kind.hash, id)
  if name == 'session' then told('rooms', id) end -- who is there again after it was over has them, too
  if not is_import then tell_of(name, id, record, old, group, fields) end
  return {old and 'changed' or 'made', tonumber(id), group}
end

local function put(name, id, said)
  local kind = KINDS[name]
  if id == '' and is_import and said.code and said.code ~= '' then
    local group = group_of(name, said)
    id = group and redis.call('HGET', P .. kind.codes, code_of(group, said.code)) or ''
  end
  local old = id ~= '' and load(kind.hash, id) or nil
  if id ~= '' and not old then return {'missing'} end
  local old_group = old and group_of(name, old) or ''
  if old and not may(old_group) then return {'not_yours'} end
  return write(kind, name, id, old, old_group, said)
end

local reply, moved, groups = {}, {}, {}
for i = 10, #ARGV, 3 do
  local one = put(ARGV[i], ARGV[i + 1], cjson.decode(ARGV[i + 2]))
  local group = table.remove(one, 3)
  if is_import and group then
    if not moved[group] then groups[#groups + 1] = group end
    moved[group] = (moved[group] or 0) + 1
  end
  reply[#reply + 1] = one
end
for _, group in ipairs(groups) do
  tell(P, 'place', '0', group, 'imported', WHO)
  audit(P .. 'audit', {at_ms = NOW, who = WHO, group = group, what = moved[group] .. ' places and sessions imported'})
end
return reply
