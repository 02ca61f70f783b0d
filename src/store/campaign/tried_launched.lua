-- (after texted.lua) A campaign says this text from now on. What somebody was texted before, by this one or by another one that said
-- the same, counts as tested since.
--
-- KEYS  1 texts by when   2 texts by the campaign that says them   3 campaign
-- ARGV  1 digest   2 now [wall ms]   3 how many are kept   4 campaign id   5 key prefix of campaigns
local function keep(key, score, digest)
  redis.call('ZADD', key, score, digest)
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[3]))
end
local function keep_if_texted(campaign)
  local had, from = unpack(redis.call('HMGET', campaign, 'tried', 'tried_from'))
  if had and texted(campaign) > tonumber(from or '0') then keep(KEYS[1], ARGV[2], had) end
  return had
end
local before = redis.call('ZSCORE', KEYS[2], ARGV[1])
if redis.call('EXISTS', KEYS[3]) == 0 or before == ARGV[4] then return 0 end
if before then keep_if_texted(ARGV[5] .. before) end
keep_if_texted(KEYS[3])
redis.call('HSET', KEYS[3], 'tried', ARGV[1], 'tried_from', texted(KEYS[3]))
keep(KEYS[2], ARGV[4], ARGV[1])
return 1
