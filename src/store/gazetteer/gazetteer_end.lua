-- (after audit.lua) An import has come whole: it takes the place of what was there (store/gazetteer.h).
--
-- ARGV  1 prefix   2 country   3 import   4 from   5 who   6 now [wall ms]   7 countries at most
-- Returns {"ok"}, or {why not}: gone, empty, full
local prefix, country, import, from, who, now = unpack(ARGV, 1, 6)
local key = prefix .. 'gaz:' .. country
local doing = key .. ':import'
if redis.call('HGET', doing, 'id') ~= import then return {'gone'} end
local codes = tonumber(redis.call('HGET', doing, 'codes'))
local towns = redis.call('HLEN', key .. ':towns:new')
if codes == 0 and towns == 0 then return {'empty'} end
local text = redis.call('HGET', prefix .. 'gaz', country)
if not text and redis.call('HLEN', prefix .. 'gaz') >= tonumber(ARGV[7]) then return {'full'} end
local record = cjson.decode(text or '{"codes":0,"towns":0}')

local function take(of, n)
  if n == 0 then return end
  local at = of == 'codes' and key or key .. ':towns'
  redis.call('UNLINK', at)
  redis.call('RENAME', at .. ':new', at)
  redis.call('PERSIST', at)
  record[of] = n
end
take('codes', codes)
take('towns', towns)
redis.call('DEL', doing)
record.from, record.by, record.at = from, string.match(who, '^[^\31]*'), tonumber(now)
redis.call('HSET', prefix .. 'gaz', country, cjson.encode(record))
audit(prefix .. 'audit', {at_ms = now, who = who,
  what = 'gazetteer ' .. country .. ' imported: ' .. codes .. ' postcodes, ' .. towns .. ' towns', why = from})
return {'ok'}
