-- (after texted.lua) A campaign says this text from now on. Whom it texted before had another one, which counts as tested since.
--
-- KEYS  1 texts by when   2 texts by the campaign that says them   3 campaign
-- ARGV  1 digest   2 now [wall ms]   3 how many are kept   4 campaign id
local function keep(key, score, digest)
  redis.call('ZADD', key, score, digest)
  redis.call('ZREMRANGEBYRANK', key, 0, -1 - tonumber(ARGV[3]))
end
local had, from = unpack(redis.call('HMGET', KEYS[3], 'tried', 'tried_from'))
if had == ARGV[1] or redis.call('EXISTS', KEYS[3]) == 0 then return 0 end
local n = texted(KEYS[3])
if had and n > tonumber(from or '0') then keep(KEYS[1], ARGV[2], had) end
redis.call('HSET', KEYS[3], 'tried', ARGV[1], 'tried_from', n)
keep(KEYS[2], ARGV[4], ARGV[1])
return 1
