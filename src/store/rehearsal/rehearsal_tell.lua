-- (after rehearsal_common.lua) What a worker tells of the one that it plays.
--
-- ARGV  1, 2   3 id   4 lease   5 how long it holds [ms]   6 state   7… field, value, …
-- Returns {"ok"}, or {"gone"}: it is not that worker's
local id, state = ARGV[3], ARGV[6]
heard_of_worker()
local is = redis.call('HMGET', key_of(id), 'state', 'lease')
if is[1] ~= REHEARSAL_UNDER_WAY or is[2] ~= ARGV[4] then return {'gone'} end
if state ~= REHEARSAL_UNDER_WAY then
  over(id, state, unpack(ARGV, 7))
else
  local ends = string.format('%.0f', NOW + ARGV[5])
  redis.call('HSET', key_of(id), 'until_ms', ends, unpack(ARGV, 7))
  redis.call('ZADD', P .. 'rehearsals:taken', ends, id)
end
return {'ok'}
