-- (after schedule_common.lua) What came of looking at a schedule: each firing is noted once, and when it fires next. Of one that
-- a person has changed meanwhile only the firings are noted.
--
-- ARGV  1, 2   3 id   4 version   5 handled until [wall ms]   6 next [wall ms], 0 = none   7 zone   8 look every [ms]   9 how many are remembered
--       10… at [wall ms], local time, outcome, campaign, why, at, …
-- Returns {"ok"} or {"missing"}
local id, handled, next_ms = ARGV[3], ARGV[5], tonumber(ARGV[6])
local key = key_of(id)
local s = redis.call('HMGET', key, 'version', 'group', 'noted_ms')
if not s[1] then return {'missing'} end

local function note(at, clock, outcome, campaign, why)
  redis.call('HINCRBY', key, 'n_' .. outcome, 1)
  redis.call('HINCRBY', P .. 'schedules:counts', outcome, 1)
  redis.call('LPUSH', key .. ':log', cjson.encode({at = at, clock = clock, outcome = outcome, campaign = campaign, why = why}))
  redis.call('LTRIM', key .. ':log', 0, tonumber(ARGV[9]) - 1)
  redis.call('HSET', key, 'noted_ms', at, 'last_ms', at, 'last', outcome, 'last_campaign', campaign, 'last_why', why)
  tell(P, 'schedule', id, s[2], outcome)
  if outcome ~= 'launched' then
    audit(P .. 'audit', {at_ms = ARGV[2], who = 'schedule ' .. id, group = s[2], why = why, what = 'schedule ' .. id .. ' ' .. outcome .. ' ' .. clock})
  end
end

local noted = tonumber(s[3] or '0')
for i = 10, #ARGV, 5 do
  if tonumber(ARGV[i]) > noted then note(ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]) end
end
if s[1] ~= ARGV[4] then return {'ok'} end
redis.call('HSET', key, 'handled_ms', handled, 'next_ms', ARGV[6], 'zone', ARGV[7])
if next_ms > 0 then
  look(id, next_ms, tonumber(ARGV[8]))
else
  redis.call('HSET', key, 'status', SCHEDULE_OVER, 'status_ms', ARGV[2], 'status_by', '', 'status_why', '')
  redis.call('ZREM', P .. 'schedules:due', id)
  redis.call('ZADD', P .. 'schedules:over', ARGV[2], id)
  tell(P, 'schedule', id, s[2], SCHEDULE_OVER)
end
return {'ok'}
