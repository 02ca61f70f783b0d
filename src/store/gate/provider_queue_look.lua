-- What stands in the book of a provider's own queue (provider_queue.lua), for those who look on.
--
-- KEYS  1 rate:{gateway}:queue  2 rate:{gateway}
-- Returns {how many are counted, 1 when a receipt has told of any, else 0}
return {redis.call('ZCARD', KEYS[1]), redis.call('HEXISTS', KEYS[2], 'heard')}
