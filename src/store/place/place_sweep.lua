-- (after place_common.lua) Removes sessions that have been over for long.
--
-- ARGV  1 … 4   5 those that ended before [wall ms]   6 how many at most
-- Returns how many were
local list = redis.call('ZRANGEBYSCORE', P .. 'sessions:end', '-inf', '(' .. ARGV[5], 'LIMIT', 0, ARGV[6])
for _, id in ipairs(list) do
  local session = load('sessions', id)
  local place = session and load('places', string.format('%d', session.place))
  if session then
    drop_session(id, session, place and place.group or '')
  else
    redis.call('ZREM', P .. 'sessions:end', id)
  end
end
return #list
