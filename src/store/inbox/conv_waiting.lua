-- (after conv_common.lua, merged.lua, conv_targets.lua) How many wait for an answer in these groups, and for how long.
--
-- ARGV  1 prefix   2 groups allowed (conv_common.lua)   3 now [wall ms]   4 in so long they are to be answered [ms]
--       5 of which groups it is another time (conv_targets.lua)
-- Returns {how many wait, overdue, held, since when the first one waits [wall ms] or 0}
local prefix, allowed, now, usual = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local waiting, overdue, held, first, targets = 0, 0, 0, 0, targets_of(ARGV[5])

-- Who waits longer than that in a group ('' = all), less those whose campaign says itself how long.
local function longer_than(group, ms)
  local until_ms = string.format('(%.0f', now - ms)
  return redis.call('ZCOUNT', prefix .. 'unanswered:' .. group, '-inf', until_ms) -
    redis.call('ZCOUNT', prefix .. 'timed:' .. group, '-inf', until_ms)
end

local function overdue_of_all()
  local n = longer_than('', usual)
  for group, ms in pairs(targets) do n = n + longer_than(group, ms) - longer_than(group, usual) end
  return n
end

for _, key in ipairs(lists_of(prefix, 'unanswered', allowed)) do
  local head = tonumber(redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2] or '0')
  waiting = waiting + redis.call('ZCARD', key)
  if head > 0 and (first == 0 or head < first) then first = head end
end
for group in string.gmatch(allowed, '[^,]+') do overdue = overdue + longer_than(group, targets[group] or usual) end
if allowed == '' then overdue = overdue_of_all() end
for _, key in ipairs(lists_of(prefix, 'due', allowed)) do overdue = overdue + redis.call('ZCOUNT', key, '-inf', string.format('(%.0f', now)) end
for _, key in ipairs(lists_of(prefix, 'held', allowed)) do held = held + redis.call('ZCARD', key) end
return {waiting, overdue, held, first}
