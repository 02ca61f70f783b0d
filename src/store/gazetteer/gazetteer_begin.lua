-- An import of a gazetteer begins (store/gazetteer.h): what another one had brought so far goes.
--
-- ARGV  1 prefix   2 country   3 seconds until one that nobody ends goes by itself
-- Returns its number.
local prefix, country, lives = ARGV[1], ARGV[2], ARGV[3]
local key = prefix .. 'gaz:' .. country
redis.call('UNLINK', key .. ':new', key .. ':towns:new', key .. ':import')
local id = redis.call('INCR', prefix .. 'id:gazetteer')
redis.call('HSET', key .. ':import', 'id', id, 'codes', 0)
redis.call('EXPIRE', key .. ':import', lives)
return id
