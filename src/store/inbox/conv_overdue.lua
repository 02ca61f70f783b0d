-- (after events.lua, conv_targets.lua) Whoever began to wait too long since this was asked last: who watches the inbox of their group hears of it,
-- once for each of them. When nobody asked for a while only the last LATE_MS are looked at: it is news that is told.
--
-- ARGV  1 prefix   2 now [wall ms]   3 so long may they wait [ms]   4 of which groups it is another time (conv_targets.lua)
-- Returns how many were told
local LATE_MS, EACH = 600000, 100
local prefix, now, told, targets = ARGV[1], tonumber(ARGV[2]), 0, targets_of(ARGV[4])
local last = math.max(tonumber(redis.call('GET', prefix .. 'overdue:told') or '0'), now - LATE_MS)

-- Whose time, `ms` before, came since; those of the list `but` have another one.
local function tell_from(list, group, ms, but)
  local from, to = string.format('(%.0f', last - ms), string.format('%.0f', now - ms)
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', prefix .. list .. group, from, to, 'LIMIT', 0, EACH)) do
    if not but or not redis.call('ZSCORE', prefix .. but .. group, id) then
      tell(prefix, 'conversation', id, group, 'overdue')
      told = told + 1
    end
  end
end

for _, group in ipairs(redis.call('SMEMBERS', prefix .. 'groups')) do
  tell_from('unanswered:', group, targets[group] or tonumber(ARGV[3]), 'timed:')
  tell_from('due:', group, 0)
end
redis.call('SET', prefix .. 'overdue:told', ARGV[2])
return told
