-- Why a number must not be texted: everywhere, or by a group. One script for both, so that there is one answer.
--
-- KEYS  1 s:all   2 s:{group}
-- ARGV  1 number
-- Returns {record or false, record or false}
return {redis.call('HGET', KEYS[1], ARGV[1]), redis.call('HGET', KEYS[2], ARGV[1])}
