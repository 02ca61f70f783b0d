-- (after schedule_common.lua, group_appear.lua) Makes a schedule, or puts another in its place.
--
-- ARGV  1, 2   3 who   4 id, '' = a new one   5 version that is known   6 most of all   7 most of a group   8 look every [ms]
--       9 name   10 group   11 next [wall ms]   12… field, value, …
-- Returns {"ok", id} or {why not}: exists, full, missing, changed
local who, id, name, group, next_ms = ARGV[3], ARGV[4], ARGV[9], ARGV[10], ARGV[11]
local names, is_new = P .. 'schedule_names', ARGV[4] == ''
local was = not is_new and redis.call('HMGET', key_of(id), 'version', 'name', 'group', 'status')
if was and not was[1] then return {'missing'} end
if was and was[1] ~= ARGV[5] then return {'changed'} end
local taken = id_in_group(names, name, P .. 'schedule:', group)
if taken and taken ~= id then return {'exists', tonumber(taken)} end
if is_new then
  if redis.call('ZCARD', P .. 'schedules') >= tonumber(ARGV[6]) or redis.call('ZCARD', P .. 'schedules:' .. group) >= tonumber(ARGV[7]) then
    return {'full'}
  end
  id = tostring(redis.call('INCR', P .. 'id:schedule'))
  redis.call('HSET', key_of(id), 'made_ms', ARGV[2])
else
  take_name(names, was[2], id)
  redis.call('ZREM', P .. 'schedules:' .. was[3], id)
end
local key = key_of(id)
local made = redis.call('HGET', key, 'made_ms')
redis.call('ZADD', P .. 'schedules', made, id)
redis.call('ZADD', P .. 'schedules:' .. group, made, id)
note_group(P, group)
give_name(names, name, id)
redis.call('HSET', key, 'name', name, 'group', group, 'next_ms', next_ms, unpack(ARGV, 12))
redis.call('HINCRBY', key, 'version', 1)
if was and was[4] == SCHEDULE_PAUSED then
  redis.call('ZREM', P .. 'schedules:due', id)
else
  redis.call('HSET', key, 'status', SCHEDULE_ACTIVE, 'status_ms', ARGV[2], 'status_by', (actor(who)), 'status_why', '')
  look(id, next_ms, tonumber(ARGV[8]))
end
audit(P .. 'audit', {at_ms = ARGV[2], who = who, group = group, what = 'schedule ' .. id .. (is_new and ' made' or ' changed')})
tell(P, 'schedule', id, group, is_new and 'made' or 'changed', (actor(who)))
return {'ok', tonumber(id)}
