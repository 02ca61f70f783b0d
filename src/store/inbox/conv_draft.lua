-- (after conv_common.lua) What a member has begun to write; nobody else sees it, and sending takes it away. A conversation keeps
-- those of eight members, for a week after the last change.
--
-- ARGV  1 prefix   2 now [wall ms]   3 id   4 groups allowed (conv_common.lua)   5 by   6 the draft (JSON), '' = none any more
-- Returns {"ok"}, or {why not}: missing, full
local DRAFTS_MAX, KEPT_MS = 8, 7 * 86400000
local conv = conversation(ARGV[1], ARGV[3], ARGV[4])
if not conv then return {'missing'} end
local drafts = conv .. ':d'
if ARGV[6] == '' then
  redis.call('HDEL', drafts, ARGV[5])
elseif redis.call('HEXISTS', drafts, ARGV[5]) == 0 and redis.call('HLEN', drafts) >= DRAFTS_MAX then
  return {'full'}
else
  redis.call('HSET', drafts, ARGV[5], ARGV[6])
  redis.call('PEXPIRE', drafts, KEPT_MS)
end
return {'ok'}
