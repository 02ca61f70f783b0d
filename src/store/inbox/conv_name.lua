-- (after conv_common.lua, conv_queue.lua) What a person is called and which language they read, where the conversation is still there.
--
-- ARGV  1 prefix   2 conversation   3 name   4 language as the audience has it; each may be ''
local key = conversation(ARGV[1], ARGV[2], '')
if not key then return 0 end
if ARGV[3] ~= '' then redis.call('HSET', key, 'name', ARGV[3]) end
local language = string.match(string.lower(ARGV[4]), '^[a-z0-9_-]+$')
if language and #language <= 16 then
  redis.call('HSET', key, 'language', language)
  queue(ARGV[1], ARGV[2])
end
return 0
