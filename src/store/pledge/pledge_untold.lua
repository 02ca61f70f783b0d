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
for _, name in ipairs(redis.call('ZRANGEBYSCORE', untold, '-inf', NOW, 'LIMIT', 0, ARGV[3])) do
  local session, n = string.match(name, '^(%d+):(%d+)$')
  local record, s = redis.call('HGET', key_of(session), n), session_of(session)
  if not record or s[2] == '' then -- gone meanwhile
    redis.call('ZREM', untold, name)
  else
    redis.call('ZADD', untold, NOW + tonumber(ARGV[4]), name)
    found[#found + 1] = {tonumber(session), s[1], s[2], tonumber(n), record}
  end
end
return found
