-- (after names.lua, audit.lua, events.lua; a part that is put in front of the scripts of this room.)
--
-- ARGV  1 prefix   2 now [wall ms]
--
-- Keys: `schedules` and `schedules:{group}` (ids by when they were made), `schedule_names`, `schedules:due` (when the leader
-- looks at an active one), `schedules:over` (since when one is over), `schedules:counts`; of each `schedule:{id}` and its
-- newest firings, `schedule:{id}:log`.
local P, NOW = ARGV[1], tonumber(ARGV[2])

local function key_of(id)
  return P .. 'schedule:' .. id
end

-- When the leader looks at it: when it fires, or sooner, since its clock may become another one.
local function look(id, next_ms, every)
  redis.call('ZADD', P .. 'schedules:due', math.min(tonumber(next_ms), NOW + every), id)
  redis.call('ZREM', P .. 'schedules:over', id)
end

local function drop(id)
  local key = key_of(id)
  local s = redis.call('HMGET', key, 'group', 'name')
  if not s[1] then return end
  take_name(P .. 'schedule_names', s[2], tostring(id))
  for _, list in ipairs({'schedules', 'schedules:' .. s[1], 'schedules:due', 'schedules:over'}) do redis.call('ZREM', P .. list, id) end
  redis.call('UNLINK', key, key .. ':log')
end
