-- (after launched_alone.lua, texted.lua) What was done before a launch.
--
-- KEYS  1 texts by when   2 the last number of a campaign   3 opt-outs of all   4 of the group   5 launched:{author}
--       6 texts by the campaign that says them
-- ARGV  1 digest   2 now [wall ms]   3 key prefix of campaigns
-- Returns {tested, nobody launched before, opt-outs are known: each 0 or 1; to whom they launched alone}
local function bit(b) return b and 1 or 0 end
-- Somebody got it: a campaign is tested by those whom it texted.
local function was_texted()
  local id = redis.call('ZSCORE', KEYS[6], ARGV[1])
  local c = id and ARGV[3] .. id
  return c and texted(c) > tonumber(redis.call('HGET', c, 'tried_from') or '0')
end
return {bit(redis.call('ZSCORE', KEYS[1], ARGV[1]) or was_texted()), bit(redis.call('EXISTS', KEYS[2]) == 0),
  bit(redis.call('HLEN', KEYS[3]) + redis.call('HLEN', KEYS[4]) > 0), launched_alone(KEYS[5], ARGV[3], ARGV[2])}
