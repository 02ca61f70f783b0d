-- What is at hand for everybody and in these groups.
--
-- ARGV  1 prefix   2 kind of shelf   3 groups (conv_common.lua); '' = only what is for everybody
-- Returns {group, id, thing (JSON), …}
local all = {}
local function add(group)
  local shelf = redis.call('HGETALL', ARGV[1] .. ARGV[2] .. ':' .. group)
  for i = 1, #shelf, 2 do
    all[#all + 1], all[#all + 2], all[#all + 3] = group, shelf[i], shelf[i + 1]
  end
end
add('')
for group in string.gmatch(ARGV[3], '[^,]+') do add(group) end
return all
