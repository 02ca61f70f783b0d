-- (after pledge_common.lua) Pledges of one session that has been over for long go, so many in a call. What was counted stays (pledges:day).
--
-- ARGV  1 prefix   2 now   3 over before [wall ms]   4 at most so many
-- Returns how many went; 0: there are none.
local session = redis.call('ZRANGEBYSCORE', P .. 'pledges:sessions', '-inf', ARGV[3], 'LIMIT', 0, 1)[1]
if not session then return 0 end
local key, went = key_of(session), 0
local last = tonumber(redis.call('HGET', key, 'last') or '0')

local function leave(person, n)
  local left = {}
  for _, one in ipairs(pledges_of(person)) do
    if one.session ~= session or one.n ~= n then left[#left + 1] = name_of(one.session, one.n) end
  end
  if #left > 0 then
    redis.call('HSET', P .. 'pledgers', person, table.concat(left, ' '))
  else
    redis.call('HDEL', P .. 'pledgers', person)
  end
end

for n = last, math.max(1, last - tonumber(ARGV[4]) + 1), -1 do
  local name = string.format('%d', n)
  local r = read(session, name)
  if r and r.p ~= '' then
    leave(r.p, name)
    redis.call('HDEL', key, '@' .. r.p)
  end
  redis.call('HDEL', key, name)
  redis.call('ZREM', P .. 'pledges:untold', name_of(session, name))
  went = went + 1
end
if last > went then
  redis.call('HSET', key, 'last', string.format('%d', last - went))
else
  redis.call('DEL', key, key .. ':w')
  redis.call('ZREM', P .. 'pledges:sessions', session)
end
return went
