-- (after pledge_common.lua) To whom a text is due: each is put off, so that two who ask do not get the same.
--
-- ARGV  1 prefix   2 now [wall ms]   3 at most so many   4 put off by [ms]
-- Returns {session, session (JSON), place (JSON), number, record} of each
local found, known, untold = {}, {}, P .. 'pledges:untold'
local function session_of(id)
  if not known[id] then
    local text = redis.call('HGET', P .. 'sessions', id) or ''
    known[id] = {text, text ~= '' and place_text(cjson.decode(text)) or ''}
  end
  return known[id]
end
-- What the store says is older than the text may be: they are not told again. Not what was to wait until later than when it went back.
local function is_left(session, n, name, record, due_ms)
  local r, s = cjson.decode(record), decoded('sessions', session)
  if not is_perhaps_told(r.q or r.t) or not is_perhaps_told(due_ms - tonumber(ARGV[4])) then return false end
  r.tell, r.knows = nil, s and when_and_where(s)
  write(session, n, r)
  redis.call('ZREM', untold, name)
  return true
end

local due = redis.call('ZRANGEBYSCORE', untold, '-inf', NOW, 'WITHSCORES', 'LIMIT', 0, ARGV[3])
for i = 1, #due, 2 do
  local name = due[i]
  local session, n = string.match(name, '^(%d+):(%d+)$')
  local record, s = redis.call('HGET', key_of(session), n), session_of(session)
  if not record or s[2] == '' then -- gone meanwhile
    redis.call('ZREM', untold, name)
  elseif not is_left(session, n, name, record, tonumber(due[i + 1])) then
    redis.call('ZADD', untold, NOW + tonumber(ARGV[4]), name)
    found[#found + 1] = {tonumber(session), s[1], s[2], tonumber(n), record}
  end
end
return found
