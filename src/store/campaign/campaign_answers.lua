-- KEYS  1 unanswered:{group} (conv_queue.lua)
-- Returns {how many wait for an answer, since when the first does [wall ms] or 0}
local first = redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')
return {redis.call('ZCARD', KEYS[1]), tonumber(first[2] or '0')}
