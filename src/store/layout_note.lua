-- The whole store has this layout now. A newer one stays what it is: it was refused before, and must not be made to look older.
--
-- KEYS  1 layout
-- ARGV  1 the layout   2 version of Muster that says so
if tonumber(redis.call('HGET', KEYS[1], 'version') or '0') < tonumber(ARGV[1]) then
  redis.call('HSET', KEYS[1], 'version', ARGV[1], 'made_by', ARGV[2])
end
return 1
