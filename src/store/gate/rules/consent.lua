-- Who has not agreed to what the campaign needs: the dispatcher reads that in the list (core/consent.h) and says a letter each; who
-- wants no more of it, or of that kind of text, stands here (store/consent.h).
function rule.consent(ask)
  local said = ARGV[CONSENT]
  if said == '' then return nil end
  local reasons = {o = 'consent_old', m = 'no_consent', a = 'too_young'}
  local needed, kind = ask.listed(KEYS[WITHDRAWN]), ask.listed(KEYS[WITHDRAWN_KIND])
  return function(i)
    local reason = (needed[i] or kind[i]) and 'consent_withdrawn' or reasons[string.sub(said, i, i)]
    if reason then return STOPPED, SKIPPED, reason end
  end
end
