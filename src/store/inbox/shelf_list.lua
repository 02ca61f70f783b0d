-- What is at hand for everybody and in these groups.
--
-- ARGV  1 prefix   2 kind of shelf   3 groups (conv_common.lua); '' = only what is for everybody
-- Returns {group, id, thing (JSON), …}
local all = {}

-- Numbers as numbers, in the order in which they came; tags by their letters.
local function comes_before(a, b)
  local m, n = tonumber(a), tonumber(b)
  if m and n then return m < n end
  return a < b
end

local function add(group)
  local key = ARGV[1] .. ARGV[2] .. ':' .. group
  local ids = redis.call('HKEYS', key)
  table.sort(ids, comes_before)
  for _, id in ipairs(ids) do all[#all + 1], all[#all + 2], all[#all + 3] = group, id, redis.call('HGET', key, id) end
end
add('')
for group in string.gmatch(ARGV[3], '[^,]+') do add(group) end
return all
