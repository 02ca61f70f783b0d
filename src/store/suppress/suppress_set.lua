-- (A part: after optouts.lua, conv_common.lua, conv_queue.lua.) That one number must not be texted any more. The first record stays: it is the
-- evidence. Whoever it is waits for no answer any more: their threads leave the inbox. A claim stays: whoever is answering learns
-- why nothing goes out.
local function leave(prefix, group, number)
  local id = redis.call('HGET', prefix .. 'convof:' .. group, number)
  if not id then return end
  local conv = prefix .. 'conv:' .. id
  redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0)
  place(prefix, id, group, 'closed', redis.call('HGET', conv, 'last_in_ms') or '0')
  queue(prefix, id)
end

local groups
local function leave_all(prefix, scope, number)
  local home = redis.call('HGET', prefix .. 'groupof', number)
  if not home or scope == 'hold' then return end
  if scope ~= 'all' then return leave(prefix, scope, number) end
  groups = groups or redis.call('SMEMBERS', prefix .. 'groups')
  leave(prefix, home, number)
  for _, group in ipairs(groups) do leave(prefix, group, number) end
end

local function say_again(prefix, hash, number, record)
  redis.call('DEL', prefix .. 'undo_off:' .. number) -- more than a volunteer's word is behind it now
  local was = redis.call('HGET', hash, number)
  local batch = batch_of(was)
  if batch and batch ~= batch_of(record) then redis.call('HSET', hash, number, without_batch(was)) end
end

-- Returns 1 when it is new.
local function set_optout(prefix, scope, number, record)
  local hash = prefix .. 's:' .. scope
  local new = redis.call('HSETNX', hash, number, record)
  if new == 0 then say_again(prefix, hash, number, record) end
  local why, ms = string.match(record, '^{"reason":"([^"]*)","at_ms":(%d+)')
  tell_optout('set', scope, number, ms or '0', why or '')
  leave_all(prefix, scope, number)
  return new
end
