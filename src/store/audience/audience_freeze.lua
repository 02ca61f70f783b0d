-- (after events.lua, names.lua) Turns a draft into an audience that campaigns may use, under a name that no other of its group has. A draft
-- without a usable row vanishes: an import that found nobody changes nothing.
--
-- KEYS  1 a:{id}   2 audiences   3 drafts   4 frozen; that of the group has ":group" behind it
-- ARGV  1 audience id   2 now [wall ms]   3 key prefix of audiences ("muster:a:")
-- Returns {"ok"} (also when it was frozen before), or {why not}: missing, empty, exists (and the name)
local meta = redis.call('HMGET', KEYS[1], 'name', 'total', 'frozen', 'gone', 'group')
if not meta[1] or meta[4] then return {'missing'} end
if meta[3] then return {'ok'} end
if meta[2] == '0' then
  redis.call('DEL', KEYS[1])
  redis.call('ZREM', KEYS[3], ARGV[1])
  return {'empty'}
end
if id_in_group(KEYS[2], meta[1], ARGV[3], meta[5]) then return {'exists', meta[1]} end
give_name(KEYS[2], meta[1], ARGV[1])
redis.call('ZADD', KEYS[4], ARGV[2], ARGV[1])
redis.call('ZADD', KEYS[4] .. ':' .. meta[5], ARGV[2], ARGV[1])
redis.call('HSET', KEYS[1], 'frozen', ARGV[2])
redis.call('HDEL', KEYS[1], 'seq', 'last')
redis.call('ZREM', KEYS[3], ARGV[1])
tell((string.gsub(KEYS[2], 'audiences$', '')), 'audience', ARGV[1], meta[5], 'made')
return {'ok'}
