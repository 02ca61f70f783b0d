-- (after cascade_trim.lua) The details of a campaign go that was over for long: who stands where, and why. Its counts, what it said and its name stay.
-- What was large is given back in the background.
--
-- KEYS  1 campaign   2 active   3 kept
-- ARGV  1 campaign id   2 now [wall ms]
-- Returns 1, or 0: it is not over (any more), or they went already
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 or redis.call('HEXISTS', KEYS[1], 'trimmed_ms') == 1 then return 0 end
for part in string.gmatch('l d u r a g c h b o k w p m v near', '%a+') do redis.call('UNLINK', KEYS[1] .. ':' .. part) end
-- How many got a tag stays, who did not.
for _, tag in ipairs(redis.call('HKEYS', KEYS[1] .. ':tags')) do redis.call('UNLINK', KEYS[1] .. ':tag:' .. tag) end
cascade_trim(KEYS[1])
redis.call('HDEL', KEYS[1], 'unknown_since_ms', 'opens_ms', 'rested_ms', 'can_again')
redis.call('HSET', KEYS[1], 'trimmed_ms', ARGV[2])
redis.call('HINCRBY', KEYS[3], 'campaigns', 1)
return 1
