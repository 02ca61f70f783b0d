-- Some campaigns in the order in which they were launched: who is over, and since when.
--
-- KEYS  1 campaigns   2 active
-- ARGV  1 key prefix of campaigns ("muster:c:")   2 from which place on   3 how many   4 the same of audiences ("muster:a:")
-- Returns {id, audience or 0 when that is gone, over since [wall ms] or 0, 1 when its details went already, …}
local found = {}
for _, id in ipairs(redis.call('ZRANGE', KEYS[1], ARGV[2], ARGV[2] + ARGV[3] - 1)) do
  local c = redis.call('HMGET', ARGV[1] .. id, 'audience', 'done_ms', 'cancelled_ms', 'expired_ms', 'trimmed_ms', 'launched_ms')
  local over = 0
  if redis.call('SISMEMBER', KEYS[2], id) == 0 then
    for _, ms in ipairs({c[2], c[3], c[4], c[6]}) do over = math.max(over, tonumber(ms or '0')) end
  end
  local audience = c[1] and redis.call('EXISTS', ARGV[4] .. c[1]) == 1 and c[1] or '0'
  for _, v in ipairs({id, audience, string.format('%.0f', over), c[5] and 1 or 0}) do found[#found + 1] = v end
end
return found
