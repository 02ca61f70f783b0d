-- (after direct_common.lua) Direct messages that were recorded and perhaps never reached the queue. Each
-- is put off until the next turn, so that two sweepers do not take the same ones; what the ledger knows
-- to have moved on is forgotten.
--
-- ARGV  1 prefix   2 now [wall ms]   3 recorded at or before this [wall ms]   4 at most so many
-- Returns the indexes to publish.
local prefix, pending = ARGV[1], ARGV[1] .. 'dm:pending'
local due = {}
local function take(from, to)
  for _, index in ipairs(redis.call('ZRANGEBYSCORE', pending, from, to, 'LIMIT', 0, ARGV[4] - #due)) do
    if ledger_state(prefix, 0, tonumber(index)) ~= 0 then
      redis.call('ZREM', pending, index)
    else
      redis.call('ZADD', pending, ARGV[2], index)
      due[#due + 1] = tonumber(index)
    end
  end
end
take('-inf', ARGV[3])
take(2 * ARGV[2] - ARGV[3], '+inf') -- recorded by a clock that was ahead: nobody waits until it is that time
return due
