-- One leader among the processes with the role `release`: the holder prolongs, others wait for its end.
--
-- KEYS  1 leader
-- ARGV  1 who: instance/boot, the boot being larger for each start of the instance   2 lease [ms]
-- Returns {1 for the leader, else 0; Redis' time [wall ms]}: whoever leads goes by the one clock of all.
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local who = redis.call('GET', KEYS[1])

-- One that was started again need not wait for the end of the one before, which is gone.
local function is_my_former(other)
  local name, boot = string.match(other, '^(.*)/(%d+)$')
  local mine, my_boot = string.match(ARGV[1], '^(.*)/(%d+)$')
  return name and name == mine and tonumber(boot) < tonumber(my_boot)
end

-- A lease that is longer than any: Redis' clock was set back, and its holder may be dead for hours.
if who and who ~= ARGV[1] and not is_my_former(who) and redis.call('PTTL', KEYS[1]) <= tonumber(ARGV[2]) then
  return {0, now}
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return {1, now}
