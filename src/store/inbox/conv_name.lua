-- (after conv_common.lua, conv_queue.lua) What people are called and which language they read, where the conversation is still
-- there. One that fails takes no other along: it is a nicety.
--
-- ARGV  1 prefix, and then of each   1 conversation   2 name   3 language as the audience has it; each may be ''
-- Returns how many were there.
local prefix, there = ARGV[1], 0

local function name_it(id, name, said)
  local key = conversation(prefix, id, '')
  if not key then return end
  there = there + 1
  local language = string.match(string.lower(said), '^[a-z0-9_-]+$')
  if language and #language > 16 then language = nil end
  if name ~= '' then redis.call('HSET', key, 'name', name) end
  if language then
    redis.call('HSET', key, 'language', language)
    queue(prefix, id)
  end
end

for i = 2, #ARGV, 3 do pcall(name_it, ARGV[i], ARGV[i + 1], ARGV[i + 2]) end
return there
