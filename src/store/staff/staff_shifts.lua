-- (after staff_common.lua) The links for shifts that are not over, the first to end first.
--
-- ARGV  1…3
-- Returns hash, record, …
redis.call('ZREMRANGEBYSCORE', staff('shifts'), '-inf', NOW)
local reply = {}
for _, hash in ipairs(redis.call('ZRANGE', staff('shifts'), 0, 199)) do
  local record = redis.call('HGET', staff('codes'), hash)
  if record then
    reply[#reply + 1] = hash
    reply[#reply + 1] = record
  end
end
return reply
