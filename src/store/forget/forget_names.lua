-- One page of a hash of names: what else the person is called by those who are known.
--
-- ARGV  1 prefix   2 the hash: link | spelled   3 cursor   4… what they are called
-- Returns {next cursor, further names…}
local known = {}
for i = 4, #ARGV do known[ARGV[i]] = true end
local page = redis.call('HSCAN', ARGV[1] .. ARGV[2], ARGV[3], 'COUNT', 500)
local found = {page[1]}
for i = 1, #page[2], 2 do
  local name, of = page[2][i], page[2][i + 1]
  if ARGV[2] == 'link' then
    if known[of] then found[#found + 1] = '~' .. name elseif known['~' .. name] then found[#found + 1] = of end
  elseif string.sub(name, 1, 1) ~= '>' and of ~= '?' then
    if known[of] then found[#found + 1] = name elseif known[name] then found[#found + 1] = of end
  end
end
return found
