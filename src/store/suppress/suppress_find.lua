-- Everything that stands against texting a number, in whatever scope.
--
-- ARGV  1 prefix   2 number   3 a scope to look in besides
-- Returns {scope, record, scope, record, …}: "all" first, then the groups, "hold" last.
local prefix, number, found, seen = ARGV[1], ARGV[2], {}, {hold = true}
local function look(scope)
  local record = not seen[scope] and redis.call('HGET', prefix .. 's:' .. scope, number)
  seen[scope] = true
  if record then
    found[#found + 1] = scope
    found[#found + 1] = record
  end
end
look('all')
look(ARGV[3])
look(redis.call('HGET', prefix .. 'groupof', number) or 'all')
for _, set in ipairs({'suppress:scopes', 'groups'}) do
  local scopes = redis.call('SMEMBERS', prefix .. set)
  table.sort(scopes)
  for _, scope in ipairs(scopes) do look(scope) end
end
seen.hold = nil
look('hold')
return found
