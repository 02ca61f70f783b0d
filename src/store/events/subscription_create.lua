-- (after audit.lua) Somebody wants to be told of events at an address.
--
-- ARGV  1 prefix   2 now [wall ms]   3 how many there may be   4 url   5 kinds, with commas   6 group or ''   7 by   8 nonce
-- Returns {"ok", id} or {"full"}
local prefix, subs = ARGV[1], ARGV[1] .. 'subs'
local n = redis.call('ZCARD', subs)
if n >= tonumber(ARGV[3]) then return {'full'} end
-- What was before the first of them is nobody's.
if n == 0 then
  local newest = redis.call('XREVRANGE', prefix .. 'events', '+', '-', 'COUNT', 1)[1]
  redis.call('SET', prefix .. 'subs:at', newest and newest[1] or '0-0')
end
local id = redis.call('INCR', prefix .. 'id:sub')
redis.call('HSET', prefix .. 'sub:' .. id, 'url', ARGV[4], 'kinds', ARGV[5], 'group', ARGV[6], 'by', (actor(ARGV[7])), 'nonce', ARGV[8], 'made_ms',
  ARGV[2])
redis.call('ZADD', subs, ARGV[2], id)
audit(prefix .. 'audit', {at_ms = ARGV[2], who = ARGV[7], group = ARGV[6], what = 'webhook ' .. id .. ' made', why = ARGV[4]})
return {'ok', id}
