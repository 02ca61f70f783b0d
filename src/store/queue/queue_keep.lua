-- A consumer is still at work on these messages: their idle time starts anew. A message that another one has
-- taken over is not claimed back: two would then steal it from each other for ever.
--
-- KEYS  1 q:{lane}
-- ARGV  1 group   2 consumer   3… entry ids
-- Returns how many are still this consumer's.
local kept = 0
for i = 3, #ARGV do
  local mine = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[i], ARGV[i], 1, ARGV[2])
  if #mine == 1 then
    redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[i], 'JUSTID')
    kept = kept + 1
  end
end
return kept
