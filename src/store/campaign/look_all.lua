-- The leader looks at all active campaigns at once; or only at those that it does not know of (they were made by an older
-- version, or `due` was lost).
--
-- KEYS  1 active   2 due
-- ARGV  1 "1": all
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if ARGV[1] == '1' or not redis.call('ZSCORE', KEYS[2], id) then redis.call('ZADD', KEYS[2], 0, id) end
end
return 0
