-- (after events.lua, optouts.lua, mark.lua, conv_common.lua, conv_queue.lua, suppress_set.lua) Numbers that must not be texted any more.
--
-- ARGV  1 prefix   2 scope   3… number, record, number, record, …
-- Returns {how many were new, the mark: also when all of it was said before, what was told}
local prefix, scope, added = ARGV[1], ARGV[2], 0

-- Whoever said START since then wants texts again: what a provider tells late does not undo that.
local function came_too_late(number, record)
  return string.find(record, '^{"reason":"provider"') ~= nil and
    second(redis.call('HGET', prefix .. 'started', number)) > second(said_ms(record))
end

-- A user id that was seen with a number since is that number's person.
local function owner(key) return is_number(key) and key or linked(prefix, {string.sub(key, 2)}) or key end

for i = 3, #ARGV, 2 do
  local number, record = owner(ARGV[i]), ARGV[i + 1]
  if not came_too_late(number, record) then added = added + set_optout(prefix, scope, number, record) end
end
redis.call('SADD', prefix .. 'suppress:scopes', scope)
if added > 0 then tell(prefix, 'optout', scope, group_of_scope(scope), 'added') end
return {added, mark_move(prefix .. 'store'), take_told()}
