-- (after events.lua, optouts.lua, mark.lua, conv_common.lua, conv_queue.lua) Numbers that must not be texted any more. The first record stays: it is the
-- evidence. Who is among them waits for no answer any more: their threads leave the inbox. A claim stays: whoever is
-- answering learns why nothing goes out.
--
-- ARGV  1 prefix   2 scope   3… number, record, number, record, …
-- Returns {how many were new, the mark: also when all of it was said before, what was told}
local prefix, scope = ARGV[1], ARGV[2]
local added, groups = 0, nil

local function leave(group, number)
  local id = redis.call('HGET', prefix .. 'convof:' .. group, number)
  if not id then return end
  local conv = prefix .. 'conv:' .. id
  redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0)
  place(prefix, id, group, 'closed', redis.call('HGET', conv, 'last_in_ms') or '0')
  queue(prefix, id)
end

local function leave_all(number)
  local home = redis.call('HGET', prefix .. 'groupof', number)
  if not home or scope == 'hold' then return end
  if scope ~= 'all' then return leave(scope, number) end
  groups = groups or redis.call('SMEMBERS', prefix .. 'groups')
  leave(home, number)
  for _, group in ipairs(groups) do leave(group, number) end
end

for i = 3, #ARGV, 2 do
  added = added + redis.call('HSETNX', prefix .. 's:' .. scope, ARGV[i], ARGV[i + 1])
  local why, ms = string.match(ARGV[i + 1], '^{"reason":"([^"]*)","at_ms":(%d+)')
  tell_optout('set', scope, ARGV[i], ms or '0', why or '')
  leave_all(ARGV[i])
end
redis.call('SADD', prefix .. 'suppress:scopes', scope)
if added > 0 then tell(prefix, 'optout', scope, scope ~= 'all' and scope ~= 'hold' and scope, 'added') end
return {added, mark_move(prefix .. 'store'), take_told()}
