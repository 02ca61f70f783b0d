-- (after conv_common.lua) What a person is called, where the conversation is still there.
--
-- ARGV  1 prefix   2 conversation   3 name
local key = conversation(ARGV[1], ARGV[2], '')
if key then redis.call('HSET', key, 'name', ARGV[3]) end
return 0
