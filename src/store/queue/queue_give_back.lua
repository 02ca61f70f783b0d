-- Makes a message deliverable at once, to anyone. A pending entry of a stream cannot be un-delivered: others
-- would see it only after the lease. So it is added again at the end and the old entry goes, in one step.
--
-- Only its owner may do that: after a takeover the message is in other hands already, and after a reply
-- that was lost it is back already. Then nothing happens.
--
-- KEYS  1 q:{lane}
-- ARGV  1 group   2 consumer   3 entry id   4 value   5 "1" when it may have been handled in part
-- Returns 1 when it was given back, else 0.
local mine = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1, ARGV[2])
if #mine == 0 then return 0 end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
redis.call('XDEL', KEYS[1], ARGV[3])
if ARGV[5] == '1' then
  redis.call('XADD', KEYS[1], '*', 'v', ARGV[4], 'again', '1')
else
  redis.call('XADD', KEYS[1], '*', 'v', ARGV[4])
end
return 1
