-- What the brake has to know besides a campaign's own counters: who waits for an answer in its group, and whether its provider
-- account sends receipts at all.
--
-- KEYS  1 unanswered:{group}   2 receipts_seen: account → when one was seen last [wall ms]
-- ARGV  1 account   2 now [wall ms], "" = the campaign got none since the last look
-- Returns {since when the first waits [wall ms], 0 = nobody, when a receipt was seen last, 0 = never}
if ARGV[2] ~= '' then redis.call('HSET', KEYS[2], ARGV[1], ARGV[2]) end
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {math.floor(tonumber(first[2] or '0')), tonumber(redis.call('HGET', KEYS[2], ARGV[1]) or '0')}
