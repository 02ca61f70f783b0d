-- (after conv_common.lua, conv_walk.lua) How many wait for an answer in these groups, and for how long.
--
-- ARGV  1 prefix   2 groups allowed (conv_common.lua)   3 overdue: waiting since before this [wall ms]
-- Returns {how many wait, overdue, held, since when the first one waits [wall ms] or 0}
local prefix, waiting, overdue, held, first = ARGV[1], 0, 0, 0, 0
for _, key in ipairs(lists_of(prefix, 'unanswered', ARGV[2])) do
  local head = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or '0')
  waiting = waiting + redis.call('ZCARD', key)
  overdue = overdue + redis.call('ZCOUNT', key, '-inf', '(' .. ARGV[3])
  if head > 0 and (first == 0 or head < first) then first = head end
end
for _, key in ipairs(lists_of(prefix, 'held', ARGV[2])) do held = held + redis.call('ZCARD', key) end
return {waiting, overdue, held, first}
