-- (after rehearsal_common.lua, audit.lua) Somebody asks for a rehearsal. Those whose time is over, and the oldest of too many, go.
--
-- ARGV  1, 2   3 who   4 group   5 how long one lives [ms]   6 most that wait   7 most of a group   8 most of all   9… field, value, …
-- Returns {"ok", id}, {"busy", id of the group's own} or {"full"}
local who, group, lives = ARGV[3], ARGV[4], tonumber(ARGV[5])
local of_group = P .. 'rehearsals:' .. group
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'rehearsals', '-inf', string.format('%.0f', NOW - lives))) do drop(id) end

local function is_open(id)
  local state = redis.call('HGET', key_of(id), 'state')
  return state == REHEARSAL_WAITING or state == REHEARSAL_UNDER_WAY
end
local own = redis.call('ZRANGE', of_group, 0, -1)
for _, id in ipairs(own) do
  if is_open(id) then return {'busy', tonumber(id)} end
end
if redis.call('ZCARD', P .. 'rehearsals:waiting') >= tonumber(ARGV[6]) then return {'full'} end
for i = 1, #own + 1 - ARGV[7] do drop(own[i]) end
local too_many = redis.call('ZCARD', P .. 'rehearsals') + 1 - ARGV[8]
for _, id in ipairs(too_many > 0 and redis.call('ZRANGE', P .. 'rehearsals', 0, -1) or {}) do
  if too_many > 0 and not is_open(id) then
    drop(id)
    too_many = too_many - 1
  end
end

local id = tostring(redis.call('INCR', P .. 'id:rehearsal'))
redis.call('HSET', key_of(id), 'group', group, 'state', REHEARSAL_WAITING, 'made_ms', ARGV[2], unpack(ARGV, 9))
redis.call('PEXPIRE', key_of(id), lives)
for _, list in ipairs({P .. 'rehearsals', of_group, P .. 'rehearsals:waiting'}) do redis.call('ZADD', list, ARGV[2], id) end
redis.call('PEXPIRE', of_group, lives)
audit(P .. 'audit', {at_ms = ARGV[2], who = who, group = group, what = 'rehearsal ' .. id .. ' asked for'})
return {'ok', tonumber(id)}
