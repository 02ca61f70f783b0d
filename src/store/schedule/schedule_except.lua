-- (after schedule_common.lua) One time of a schedule is left out, or comes after all: another plan takes the place of the one that it
-- was made of. Nothing else of it changes.
--
-- ARGV  1, 2   3 who   4 id   5 version that is known   6 plan   7 next [wall ms]   8 look every [ms]   9 what it does, in words
-- Returns {"ok"}, {"missing"} or {"changed"}
local who, id, next_ms = ARGV[3], ARGV[4], ARGV[7]
local key = key_of(id)
local s = redis.call('HMGET', key, 'version', 'group', 'status')
if not s[1] then return {'missing'} end
if s[1] ~= ARGV[5] then return {'changed'} end
redis.call('HSET', key, 'plan', ARGV[6], 'next_ms', next_ms)
redis.call('HINCRBY', key, 'version', 1)
if s[3] == SCHEDULE_ACTIVE then look(id, next_ms, tonumber(ARGV[8])) end
audit(P .. 'audit', {at_ms = ARGV[2], who = who, group = s[2], what = 'schedule ' .. id .. ' ' .. ARGV[9]})
tell(P, 'schedule', id, s[2], 'changed', (actor(who)))
return {'ok'}
