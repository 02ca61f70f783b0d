-- (after audit.lua) Somebody says what becomes of a store that went back: every process brings what its journal knows; and, to accept, those who do
-- not come are not waited for.
--
-- KEYS  1 store   2 audit
-- ARGV  1 now [µs] or ""   2 apply | accept   3 who (actor)   4 why
-- Returns "ok", or "none": it did not go back
local t = ARGV[1] == '' and redis.call('TIME') or nil
local now_ms = t and t[1] * 1000 + math.floor(t[2] / 1000) or math.floor(tonumber(ARGV[1]) / 1000)
local s = redis.call('HMGET', KEYS[1], 'back', 'apply')
if not s[1] then return 'none' end
if not s[2] then redis.call('HSET', KEYS[1], 'apply', '1') end
if ARGV[2] == 'accept' then redis.call('HSET', KEYS[1], 'accept', '1') end
audit(KEYS[2], {at_ms = string.format('%.0f', now_ms), who = ARGV[3], what = 'restore ' .. ARGV[2], why = ARGV[4]})
return 'ok'
