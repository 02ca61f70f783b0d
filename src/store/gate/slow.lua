-- A gateway or sender said that we are too fast: nothing more before `hold`, then at half the rate, rising to
-- the full one within half a minute (gate.lua). Several such responses within a second are one: they are about
-- the same burst. An hour at most: whoever wants longer will say so again.
--
-- KEYS, ARGV: store/gate/names.h
local HOLD_MAX = 3600000000
local now = clock(ARGV[NOW])
local l = redis.call('HMGET', KEYS[LIMITER], 'hold', 'factor', 'factor_at')
local before, hold = tonumber(l[1] or '0'), now + math.min(tonumber(ARGV[HOLD]), HOLD_MAX)
-- further ahead than any hold may be: the clock was set back since
if before > now + HOLD_MAX then before = 0 end
local factor, at = tonumber(l[2] or '1'), tonumber(l[3] or '0')
if at > now then at = 0 end
if now - at >= 1000000 then
  factor = math.max(0.05, math.min(1, factor + (now - at) / 30000000) / 2)
  redis.call('HSET', KEYS[LIMITER], 'factor', factor, 'factor_at', string.format('%.0f', now))
end
redis.call('HSET', KEYS[LIMITER], 'hold', string.format('%.0f', math.max(before, hold)))
return 1
