-- What came of some cascades.
--
-- ARGV  1 prefix   2… campaigns
-- Returns for each its counts and its bars, as HGETALL gives them.
local found = {}
for i = 2, #ARGV do
  local key = ARGV[1] .. 'c:' .. ARGV[i] .. ':cascade'
  found[#found + 1] = {redis.call('HGETALL', key), redis.call('HGETALL', key .. ':minutes')}
end
return found
