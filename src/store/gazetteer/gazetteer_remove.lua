-- (after audit.lua) A country's gazetteer goes, and what of an import has come so far.
--
-- ARGV  1 prefix   2 country   3 who   4 now [wall ms]
-- Returns {"ok"}, or {"missing"}
local prefix, country, who, now = unpack(ARGV)
local key = prefix .. 'gaz:' .. country
if redis.call('HDEL', prefix .. 'gaz', country) == 0 then return {'missing'} end
redis.call('UNLINK', key, key .. ':towns', key .. ':new', key .. ':towns:new', key .. ':import')
audit(prefix .. 'audit', {at_ms = now, who = who, what = 'gazetteer ' .. country .. ' removed'})
return {'ok'}
