-- (after audit.lua, reaches_campaign.lua) Somebody who has stopped campaigns says afterwards why: it stands at those that still stand where that
-- person put them, and in the audit trail.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who (actor)   4 why   5 groups allowed (call_groups)   6… the ids
-- Returns the ids of those that there are and that the groups allow
local prefix, who, why, allowed, found = ARGV[1], ARGV[3], ARGV[4], ARGV[5], {}
for i = 6, #ARGV do
  local campaign = prefix .. 'c:' .. ARGV[i]
  local c = redis.call('HMGET', campaign, 'status', 'group', 'status_by', 'loan')
  if c[1] and reaches_campaign(allowed, c[2], c[4]) then
    if c[3] == (actor(who)) then redis.call('HSET', campaign, 'status_why', why) end
    audit(prefix .. 'audit', {at_ms = ARGV[2], who = who, group = c[2] or '', why = why,
      what = 'campaign ' .. ARGV[i] .. ' reason given'})
    found[#found + 1] = tonumber(ARGV[i])
  end
end
return found
