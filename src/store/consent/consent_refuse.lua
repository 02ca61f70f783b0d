-- (after optouts.lua, mark.lua, consent_take.lua) A list of a group says of people that they have agreed to nothing: what they had agreed to is taken back, as
-- far as it counts for that group. That is what its campaigns noted, and what its campaigns need that are not over and have them.
-- Of whom nothing is known, nothing is written: most of those have never agreed, and may later.
--
-- ARGV  1 prefix   2 buckets   3 group   4 record (JSON)   5… numbers
-- Returns {how many people it was, the mark, what was told}
local prefix, root, group, went = ARGV[1], ARGV[1] .. 'consent:', ARGV[3], 0
local function text_of(id) return redis.call('HGET', root .. 'texts', id) or '' end
local function place(number, buckets) return string.format('%d', tonumber(number) % buckets) end

local needs = {}
for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'active')) do
  local c = redis.call('HMGET', prefix .. 'c:' .. id, 'group', 'consent', 'audience')
  local purpose = c[1] == group and string.match(c[2] or '', '^([^;]+)')
  local list = prefix .. 'a:' .. (c[3] or '')
  local buckets = purpose and tonumber(redis.call('HGET', list, 'buckets') or '')
  if buckets and buckets > 0 then needs[#needs + 1] = {purpose, list .. ':x:', buckets} end
end

local function agreed_to(number)
  local words = {}
  local lines = redis.call('HGET', root .. 'p:' .. place(number, tonumber(ARGV[2])), number) or ''
  for what, of in string.gmatch(lines, '(%d+)%.[^. ]*%.%d+%.%d+%.(%d+)%.%d+%.%d+%.%d+') do
    if text_of(of) == group then
      for word in string.gmatch(text_of(what), '[^,]+') do words[word] = true end
    end
  end
  for _, need in ipairs(needs) do
    if redis.call('HEXISTS', need[2] .. place(number, need[3]), number) == 1 then words[need[1]] = true end
  end
  return words
end

for i = 5, #ARGV do
  local any = 0
  for word in pairs(agreed_to(ARGV[i])) do
    if #word <= 32 and string.find(word, '^[a-z0-9_-]+$') and word ~= 'no' then
      no_more(prefix, ARGV[i], word, ARGV[4])
      any = 1
    end
  end
  went = went + any
end
return {went, mark_move(prefix .. 'store'), take_told()}
