-- A campaign that is over is not active any more. One that was over when the caller looked may run again since: a
-- person had its unknown sent again (resolve.lua).
--
-- KEYS  1 campaign  2 active  3 due
-- ARGV  1 campaign id
-- Returns 1, or 0: it is not over
local status = redis.call('HGET', KEYS[1], 'status')
local over = status == CAMPAIGN_DONE or status == CAMPAIGN_CANCELLED or status == CAMPAIGN_EXPIRED
if status and not over then return 0 end
redis.call('SREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('DEL', KEYS[1] .. ':w')
-- Batches that were lost on the way: nobody ends them any more.
for _, block in ipairs(redis.call('ZRANGE', KEYS[1] .. ':o', 0, -1)) do money_settle(KEYS[1], block) end
return 1
