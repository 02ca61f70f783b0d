-- Conversations: conv:{id} (hash) and conv:{id}:m (list of messages), found by convof:{group}. (A part
-- that is put in front of other scripts.)
--
-- Open ones stand in inbox:{group}, closed ones in closed:{group}, by the time of the last inbound
-- message; and both again under the empty group, which is everybody's, and under "@5", when they answer a campaign to a list that is
-- lent by loan 5 (store/loan.h; the field `loan`).

-- The same function, which keeps what it made of the same texts until the call ends: most of what a call brings is alike.
-- What it returns is not to be changed.
local function made_once(f)
  local made = {}
  return function(a, b, c)
    local of = a .. '\n' .. (b or '') .. '\n' .. (c or '')
    local value = made[of]
    if value == nil then
      value = f(a, b, c)
      made[of] = value
    end
    return value
  end
end

-- One's place in a list, and a number that is counted on. (A script that handles many events writes each once: inbound_together.lua.)
local function list_put(key, score, id) redis.call('ZADD', key, score, id) end
local function list_drop(key, id) redis.call('ZREM', key, id) end
local function count_on(key, field, n) redis.call('HINCRBY', key, field, n) end

-- Whether that group is one of those allowed.
local function is_allowed(allowed, group)
  return group and (allowed == '' or string.find(allowed, ',' .. group .. ',', 1, true) ~= nil)
end

-- Whether the loan of a conversation is among them; one that is over is in nobody's.
local function is_lent(allowed, loan) return loan and loan ~= '0' and is_allowed(allowed, '@' .. loan) end

-- Under which names a conversation stands in lists.
local function scopes_of(group, loan)
  if loan and loan ~= '0' then return {group, '', '@' .. loan} end
  return {group, ''}
end

-- The key and group of a conversation; nil when there is none or neither its group nor its loan is one of those allowed
-- ('' = any, ',a,b,' = these, ',' = none): who may not see it learns nothing about it.
local function conversation(prefix, id, allowed)
  local key = prefix .. 'conv:' .. id
  local c = redis.call('HMGET', key, 'group', 'loan')
  if not is_allowed(allowed, c[1]) and not (c[1] and is_lent(allowed, c[2])) then return nil end
  return key, c[1]
end

-- Who holds it now, until when, under which fence; nil when nobody does. A claim ends by the clock, so
-- nothing needs to run for it to end.
local function holder(key, now)
  local claim = redis.call('HMGET', key, 'claimed_by', 'claim_until_ms', 'claim_fence')
  if not claim[1] or claim[1] == '' or tonumber(claim[2]) <= tonumber(now) then return nil end
  return claim[1], claim[2], claim[3]
end

-- Whether an answer has somewhere to go: a number, or a user id at a gateway that takes one.
local function reachable(key)
  local c = redis.call('HMGET', key, 'number', 'who', 'takes_id')
  return string.sub(c[1] or '~', 1, 1) ~= '~' or (c[2] == 'user_id' and c[3] == '1')
end

-- Into the list of that state; `moves`: it may stand in the other one.
local function enlist(prefix, id, group, loan, state, score, moves)
  local to, from = 'inbox:', 'closed:'
  if state == 'closed' then to, from = from, to end
  for _, g in ipairs(scopes_of(group, loan)) do
    list_put(prefix .. to .. g, score, id)
    if moves then list_drop(prefix .. from .. g, id) end
  end
end

local function place(prefix, id, group, state, score)
  enlist(prefix, id, group, redis.call('HGET', prefix .. 'conv:' .. id, 'loan'), state, score, true)
  redis.call('HSET', prefix .. 'conv:' .. id, 'state', state)
end

local function append(key, message, messages_max)
  if redis.call('RPUSH', key .. ':m', message) > messages_max then redis.call('LTRIM', key .. ':m', -messages_max, -1) end
end

-- Tags are lists with commas: adds and removes, keeps the order, at most 32.
local with_tags = made_once(function(tags, add, remove)
  local have, order = {}, {}
  local function put(tag)
    if not have[tag] and #order < 32 then
      have[tag] = true
      order[#order + 1] = tag
    end
  end
  local gone = {}
  for tag in string.gmatch(remove, '[^,]+') do gone[tag] = true end
  for tag in string.gmatch(tags, '[^,]+') do
    if not gone[tag] then put(tag) end
  end
  for tag in string.gmatch(add, '[^,]+') do put(tag) end
  return table.concat(order, ',')
end)
