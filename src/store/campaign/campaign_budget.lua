-- (after audit.lua, look.lua) What a campaign may cost in all is another amount now.
--
-- KEYS  1 campaign   2 audit
-- ARGV  1 now [wall ms]   2 campaign id   3 millionths, 0 = any   4 who (actor)   5 why
-- Returns {"ok"}, {"gone"}: no such campaign, or {"no price"}
local c = redis.call('HMGET', KEYS[1], 'status', 'currency', 'group', 'budget')
if not c[1] then return {'gone'} end
if (c[2] or '') == '' then return {'no price'} end
local function amount(millionths)
  if tonumber(millionths or '0') == 0 then return 'none' end
  return string.format('%.2f %s', tonumber(millionths) / 1000000, c[2])
end
redis.call('HSET', KEYS[1], 'budget', ARGV[3])
audit(KEYS[2], {at_ms = ARGV[1], who = ARGV[4], why = ARGV[5], group = c[3] or '',
  what = 'campaign ' .. ARGV[2] .. ' budget ' .. amount(c[4]) .. ' to ' .. amount(ARGV[3])})
look_at(KEYS[1], 0)
return {'ok'}
