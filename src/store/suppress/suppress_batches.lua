-- One batch, or those of some scopes that were decided about, the newest first.
--
-- ARGV  1 prefix   2 batch, ''   3 how many at most   4… scopes; none: all
-- Returns {id, scope, state, by, reason, evidence, at_ms, numbers, standing, added, lifted, how many are still to be set, …}
local prefix, limit, found = ARGV[1], tonumber(ARGV[3]), {}
local root = prefix .. 'optouts:batch:'

local function put(id, decided)
  local b = redis.call('HMGET', root .. id, 'scope', 'state', 'by', 'reason', 'evidence', 'at_ms', 'numbers', 'standing', 'added', 'lifted')
  if not b[1] or (decided and b[2] == 'asked') then return 0 end
  found[#found + 1] = id
  for i = 1, 10 do found[#found + 1] = b[i] or '0' end
  found[#found + 1] = string.format('%d', redis.call('SCARD', root .. id .. ':new') + redis.call('SCARD', root .. id .. ':new:now'))
  return 1
end

if ARGV[2] ~= '' then
  put(ARGV[2], false)
  return found
end
local scopes, ids = {unpack(ARGV, 4)}, {}
if #scopes == 0 then scopes = redis.call('SMEMBERS', prefix .. 'suppress:scopes') end
for _, scope in ipairs(scopes) do
  local list = redis.call('ZREVRANGE', prefix .. 'optouts:batches:' .. scope, 0, -1, 'WITHSCORES')
  for i = 1, #list, 2 do ids[#ids + 1] = {list[i], tonumber(list[i + 1])} end
end
table.sort(ids, function(a, b)
  if a[2] ~= b[2] then return a[2] > b[2] end
  return a[1] < b[1]
end)
for _, one in ipairs(ids) do
  if limit == 0 then break end
  limit = limit - put(one[1], true)
end
return found
