-- ARGV  1 prefix   2… outcomes
-- Returns how many firings had each of them, then how many schedules are active, and how many there are
local found = redis.call('HMGET', ARGV[1] .. 'schedules:counts', unpack(ARGV, 2))
for i = 1, #ARGV - 1 do found[i] = tonumber(found[i] or '0') end
found[#ARGV] = redis.call('ZCARD', ARGV[1] .. 'schedules:due')
found[#ARGV + 1] = redis.call('ZCARD', ARGV[1] .. 'schedules')
return found
