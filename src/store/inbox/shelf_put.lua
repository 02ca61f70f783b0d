-- What a group keeps at hand (store/inbox.h, inbox_shelf): one thing more, or another one in its place.
--
-- KEYS  1 the shelf (hash)   2 counter of ids
-- ARGV  1 id, '' = a new number   2 the thing (JSON)   3 at most so many
-- Returns {"ok", id}, or {why not}: full, missing: nothing of that id is there, and it is a number
local id = ARGV[1]
local there = id ~= '' and redis.call('HEXISTS', KEYS[1], id) == 1
if string.match(id, '^%d+$') and not there then return {'missing'} end
if not there and redis.call('HLEN', KEYS[1]) >= tonumber(ARGV[3]) then return {'full'} end
if id == '' then id = tostring(redis.call('INCR', KEYS[2])) end
redis.call('HSET', KEYS[1], id, ARGV[2])
return {'ok', id}
