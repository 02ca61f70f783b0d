-- (A part that is put in front of the scripts of places, after follow_changed.lua, audit.lua, events.lua.)
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 groups whose places they see to: '' = all, ',a,b,' = these
local P, NOW, WHO, GROUPS = ARGV[1], tonumber(ARGV[2]), ARGV[3], ARGV[4]

local function may(group)
  return GROUPS == '' or string.find(GROUPS, ',' .. group .. ',', 1, true) ~= nil
end

local function load(hash, id)
  local text = redis.call('HGET', P .. hash, id)
  return text and cjson.decode(text)
end

local function told(hash, id)
  changed(P .. 'places:changes', hash, id)
end

-- What an import names a thing by, in its group.
local function code_of(group, code)
  return group .. '\31' .. code
end

local function drop_code(codes, group, code, id)
  if not code or code == '' then return end
  local field = code_of(group, code)
  if redis.call('HGET', P .. codes, field) == id then redis.call('HDEL', P .. codes, field) end
end

local function drop_session(id, session, group)
  redis.call('HDEL', P .. 'sessions', id)
  redis.call('HDEL', P .. 'rooms', id)
  redis.call('ZREM', P .. 'sessions:end', id)
  redis.call('SREM', P .. 'place:sessions:' .. string.format('%d', session.place), id)
  drop_code('session:codes', group, session.code, id)
  told('sessions', id)
end
