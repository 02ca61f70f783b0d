-- (A part that is put in front of other scripts.) Where a campaign goes that a person lets go on.

-- A second person has to agree to it (store/approval.h), and nobody has agreed to what it is now.
local function waits_for_approval(campaign)
  local c = redis.call('HMGET', campaign, 'approval_why', 'digest', 'approved')
  return (c[1] or '') ~= '' and (c[3] or '') ~= (c[2] or 'none')
end

-- What was stopped before its time goes on waiting for it, and before its ledger was whole, goes on making that.
local function goes_on_to(campaign)
  if waits_for_approval(campaign) then return CAMPAIGN_PROPOSED end
  local c = redis.call('HMGET', campaign, 'first_running_ms', 'made', 'blocks')
  if c[1] then return CAMPAIGN_RUNNING end
  return tonumber(c[2] or '0') < tonumber(c[3] or '0') and CAMPAIGN_PREPARING or CAMPAIGN_SCHEDULED
end
