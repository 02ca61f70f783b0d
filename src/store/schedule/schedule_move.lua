-- (after schedule_common.lua) Pauses a schedule, lets it go on, stops it, or deletes it.
--
-- ARGV  1, 2   3 who   4 id   5 pause | resume | stop | delete   6 why   7 next [wall ms]   8 by   9 by_id   10 zone   11 look every [ms]
-- Returns {"ok"}, {"missing"} or {"no", status}
local who, id, what, why = ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local key = key_of(id)
local s = redis.call('HMGET', key, 'status', 'group')
local from = {pause = {[SCHEDULE_ACTIVE] = true}, resume = {[SCHEDULE_PAUSED] = true, [SCHEDULE_STOPPED] = true},
  stop = {[SCHEDULE_ACTIVE] = true, [SCHEDULE_PAUSED] = true}}
local to = {pause = SCHEDULE_PAUSED, resume = SCHEDULE_ACTIVE, stop = SCHEDULE_STOPPED}
local told = to[what] or 'deleted'
if not s[1] then return {'missing'} end
if what ~= 'delete' and not from[what][s[1]] then return {'no', s[1]} end
if what == 'delete' then
  drop(id)
else
  redis.call('HSET', key, 'status', to[what], 'status_ms', ARGV[2], 'status_by', (actor(who)), 'status_why', why)
  redis.call('HINCRBY', key, 'version', 1)
end
if what == 'resume' then
  redis.call('HSET', key, 'handled_ms', ARGV[2], 'next_ms', ARGV[7], 'zone', ARGV[10])
  if s[1] == SCHEDULE_STOPPED then redis.call('HSET', key, 'by', ARGV[8], 'by_id', ARGV[9]) end
  look(id, ARGV[7], tonumber(ARGV[11]))
else
  redis.call('ZREM', P .. 'schedules:due', id)
end
audit(P .. 'audit', {at_ms = ARGV[2], who = who, why = why, group = s[2], what = 'schedule ' .. id .. ' ' .. told})
tell(P, 'schedule', id, s[2], told, (actor(who)))
return {'ok'}
