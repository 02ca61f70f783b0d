-- (after pledge_common.lua) Sessions that people come to and that are not over, some of them; those whose end was moved stand there with the
-- new one.
--
-- ARGV  1 prefix   2 now [wall ms]   3 behind so many   4 at most so many
-- Returns {session, session (JSON), place (JSON), rooms} of each; "" of what is gone
local found, all = {}, P .. 'pledges:sessions'
for _, id in ipairs(redis.call('ZRANGEBYSCORE', all, NOW, '+inf', 'LIMIT', ARGV[3], ARGV[4])) do
  local text = redis.call('HGET', P .. 'sessions', id) or ''
  local place = ''
  if text ~= '' then
    local s = cjson.decode(text)
    redis.call('ZADD', all, s['end'], id)
    place = place_text(s)
  end
  found[#found + 1] = {tonumber(id), text, place, redis.call('HGET', P .. 'rooms', id) or ''}
end
return found
