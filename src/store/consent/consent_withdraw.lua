-- (after consent_take.lua) Somebody takes a consent back, or gives it again.
--
-- KEYS  1 withdrawn:{purpose}   2 consent:purposes
-- ARGV  1 number   2 purpose   3 record (JSON), or "": given again
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  consent_take(KEYS[1], KEYS[2], ARGV[1], ARGV[2], ARGV[3])
end
return 'ok'
