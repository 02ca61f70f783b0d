-- (after rehearsal_common.lua, merged.lua) One of them with all that it has, or those of some groups, the newest first.
--
-- ARGV  1, 2   3 groups allowed   4 how many at most   5 id, '' = a list
-- Returns {when a worker was heard of, id, how many wait before it, {field, value, …}, …}
local found = {redis.call('GET', P .. 'rehearsals:worker') or '0'}

local function put(id, fields)
  local n = #found
  found[n + 1], found[n + 2], found[n + 3] = tonumber(id), redis.call('ZRANK', P .. 'rehearsals:waiting', id) or 0, fields
end

if ARGV[5] ~= '' then
  local all = redis.call('HGETALL', key_of(ARGV[5]))
  if #all > 0 then put(ARGV[5], all) end
  return found
end
local columns = {'name', 'group', 'by', 'zone', 'audience', 'state', 'made_ms', 'taken_ms', 'until_ms', 'ended_ms', 'sent', 'people', 'replies', 'go', 'why'}
local keys = ARGV[3] == '' and {P .. 'rehearsals'} or lists_of(P, 'rehearsals', ARGV[3])
local next_entry, limit = merged(keys, true, '', ''), tonumber(ARGV[4])
local id = next_entry()
while id and limit > 0 do
  local values, fields = redis.call('HMGET', key_of(id), unpack(columns)), {}
  for i, name in ipairs(columns) do
    if values[i] then fields[#fields + 1], fields[#fields + 2] = name, values[i] end
  end
  if #fields > 0 then
    put(id, fields)
    limit = limit - 1
  end
  id = next_entry()
end
return found
