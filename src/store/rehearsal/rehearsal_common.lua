-- (A part that is put in front of the scripts of this room.)
--
-- ARGV  1 prefix   2 now [wall ms]
--
-- Keys: `rehearsals` and `rehearsals:{group}` (ids by when they were asked for), `rehearsals:waiting` (the same of those that
-- wait), `rehearsals:taken` (by when the lease ends), `rehearsals:worker` (when a worker was heard of), `rehearsal:{id}`.
local P, NOW = ARGV[1], tonumber(ARGV[2])

local function key_of(id)
  return P .. 'rehearsal:' .. id
end

local function drop(id)
  local group = redis.call('HGET', key_of(id), 'group')
  for _, list in ipairs({'rehearsals', 'rehearsals:waiting', 'rehearsals:taken'}) do redis.call('ZREM', P .. list, id) end
  if group then redis.call('ZREM', P .. 'rehearsals:' .. group, id) end
  redis.call('UNLINK', key_of(id))
end

-- It is over, in that state; field, value, … say what came of it.
local function over(id, state, ...)
  redis.call('ZREM', P .. 'rehearsals:waiting', id)
  redis.call('ZREM', P .. 'rehearsals:taken', id)
  redis.call('HSET', key_of(id), 'state', state, 'ended_ms', ARGV[2], ...)
  redis.call('HDEL', key_of(id), 'lease', 'check')
end

local function heard_of_worker()
  redis.call('SET', P .. 'rehearsals:worker', ARGV[2], 'PX', 3600000)
end
