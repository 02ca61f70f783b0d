-- (after events.lua, optouts.lua, mark.lua, conv_common.lua, conv_queue.lua, suppress_set.lua) Numbers that must not be texted any more.
--
-- ARGV  1 prefix   2 scope   3… number, record, number, record, …
-- Returns {how many were new, the mark: also when all of it was said before, what was told}
local prefix, scope, added = ARGV[1], ARGV[2], 0

-- Whoever said START since then wants texts again: what a provider tells late does not undo that.
local function came_too_late(number, record)
  local why, ms = string.match(record, '^{"reason":"([^"]*)","at_ms":(%d+)')
  local started = why == 'provider' and redis.call('HGET', prefix .. 'started', number)
  return started and math.floor(started / 1000) > math.floor(ms / 1000)
end

-- A user id that was seen with a number since is that number's person (person_common.lua).
local function owner(key)
  for _ = 1, 4 do
    local further = string.sub(key, 1, 1) == '~' and redis.call('HGET', prefix .. 'link', string.sub(key, 2))
    if not further then break end
    key = further
  end
  return key
end

for i = 3, #ARGV, 2 do
  local number, record = owner(ARGV[i]), ARGV[i + 1]
  if not came_too_late(number, record) then added = added + set_optout(prefix, scope, number, record) end
end
redis.call('SADD', prefix .. 'suppress:scopes', scope)
if added > 0 then tell(prefix, 'optout', scope, group_of_scope(scope), 'added') end
return {added, mark_move(prefix .. 'store'), take_told()}
