-- Somebody takes a consent back, or gives it again. The first record stays; once another group has noted it, too, it is no group's.
--
-- KEYS  1 withdrawn:{purpose}   2 consent:purposes
-- ARGV  1 number   2 purpose   3 record (JSON), or "": given again
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
  return 'ok'
end
local was = redis.call('HGET', KEYS[1], ARGV[1])
local record = was and cjson.decode(was)
if not was then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
elseif record.group ~= cjson.decode(ARGV[3]).group then
  record.group = ''
  redis.call('HSET', KEYS[1], ARGV[1], cjson.encode(record))
end
redis.call('SADD', KEYS[2], ARGV[2])
return 'ok'
