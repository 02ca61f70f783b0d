-- (after events.lua, optouts.lua, mark.lua, conv_common.lua, conv_queue.lua, suppress_set.lua) Numbers that must not be texted any more.
--
-- ARGV  1 prefix   2 scope   3… number, record, number, record, …
-- Returns {how many were new, the mark: also when all of it was said before, what was told}
local prefix, scope, added = ARGV[1], ARGV[2], 0
for i = 3, #ARGV, 2 do added = added + set_optout(prefix, scope, ARGV[i], ARGV[i + 1]) end
redis.call('SADD', prefix .. 'suppress:scopes', scope)
if added > 0 then tell(prefix, 'optout', scope, group_of_scope(scope), 'added') end
return {added, mark_move(prefix .. 'store'), take_told()}
