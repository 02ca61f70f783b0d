-- Redis' clock was set forward: by its time the slots of the last second are further back than they are. Nothing is
-- granted until they are a second old by any clock; the limiter, which knows the rate, says until when that is. Every
-- dispatcher notices the jump and tells of it, each a few milliseconds after the other: the last one counts.
--
-- KEYS  limiters
local now = clock(ARGV[NOW])
for _, key in ipairs(KEYS) do
  -- one that is not there has granted nothing yet
  if redis.call('EXISTS', key) == 1 then redis.call('HSET', key, 'set', string.format('%.0f', now)) end
end
return 1
