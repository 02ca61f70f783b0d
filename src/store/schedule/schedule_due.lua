-- (after schedule_common.lua) The schedules that the leader looks at now; it looks again soon, whatever becomes of it. One that
-- is due later than any look was noted before Redis' clock was set back. Those that have been over for long go.
--
-- ARGV  1, 2   3 again in [ms]   4 look every [ms]   5 how many at most   6 over before [wall ms]
-- Returns when the store was made good after it had gone back [wall ms], 0 = never; and
-- {{id, {field, value, …}, who made it as the roster has them, or ''}, …}: none while it is not made good yet
local due, all = P .. 'schedules:due', {}
local back, restored_ms = unpack(redis.call('HMGET', P .. 'store', 'back', 'restored_ms'))
if back then return {'0', {}} end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'schedules:over', '-inf', ARGV[6], 'LIMIT', 0, 20)) do drop(id) end
local ids = redis.call('ZRANGEBYSCORE', due, '-inf', NOW, 'LIMIT', 0, ARGV[5])
for _, id in ipairs(redis.call('ZRANGEBYSCORE', due, NOW + tonumber(ARGV[4]) + 1000, '+inf', 'LIMIT', 0, ARGV[5] - #ids)) do
  ids[#ids + 1] = id
end
for _, id in ipairs(ids) do
  local fields = redis.call('HGETALL', key_of(id))
  redis.call('ZADD', due, NOW + tonumber(ARGV[3]), id)
  if #fields == 0 then
    redis.call('ZREM', due, id)
  else
    local by = redis.call('HGET', key_of(id), 'by_id') or ''
    all[#all + 1] = {tonumber(id), fields, redis.call('HGET', P .. 'staff:members', by) or ''}
  end
end
return {restored_ms or '0', all}
