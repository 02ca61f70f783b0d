-- One step over a hash (store/hash_cursor.h).
--
-- KEYS  1 hash
-- ARGV  1 cursor   2 which process of Redis told it, 0 = none: it is the first step   3 about how many entries
-- Returns {cursor, {field, value, …}, which process this is} or {"other"}: this is another process
-- A rented Redis may not tell: then all processes are one, 1.
local info = redis.pcall('INFO', 'server')
local id = type(info) == 'string' and string.match(info, 'run_id:(%x+)')
local this = id and string.format('%.0f', tonumber(string.sub(id, 1, 12), 16) + 2) or '1'
if ARGV[2] ~= '0' and ARGV[2] ~= this then return {'other'} end
local page = redis.call('HSCAN', KEYS[1], ARGV[1], 'COUNT', ARGV[3])
return {page[1], page[2], this}
