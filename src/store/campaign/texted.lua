-- (A part that is put in front of other scripts.) Who of a campaign was handed to a provider, whatever became of it; in flight, too.
local function texted(campaign)
  local counts, n = redis.call('HMGET', campaign, 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n11'), 0
  for i = 1, 8 do n = n + tonumber(counts[i] or '0') end
  return n
end
