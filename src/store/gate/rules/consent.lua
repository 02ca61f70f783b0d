-- Who has not agreed to what the campaign needs: the dispatcher reads that in the list (core/consent.h) and says a letter each; who
-- has taken it back since stands here (store/consent.h).
local CONSENT_REASONS = {o = 'consent_old', m = 'no_consent', a = 'too_young'}

local function rule_consent(ask)
  local said = ARGV[CONSENT]
  if said == '' then return nil end
  local withdrawn = ask.listed(KEYS[WITHDRAWN])
  return function(i)
    local reason = withdrawn[i] and 'consent_withdrawn' or CONSENT_REASONS[string.sub(said, i, i)]
    if reason then return STOPPED, SKIPPED, reason end
  end
end
