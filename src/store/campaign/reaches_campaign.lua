-- (A part that is put in front of other scripts.) Whether a campaign is of one of the groups allowed (call_groups), or of a loan that is
-- among them (store/loan.h).
local function reaches_campaign(allowed, group, loan)
  local function has(scope) return string.find(allowed, ',' .. scope .. ',', 1, true) ~= nil end
  return allowed == '' or has(group or '') or (loan and loan ~= '0' and has('@' .. loan))
end
