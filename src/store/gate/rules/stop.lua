-- Whoever said STOP, or was put on a list by one of us, for everything or for this group. Only the one confirmation of a
-- STOP goes to them.
function rule.stop(ask)
  if ask.is(TO_SUPPRESSED) then return nil end
  local all, group = ask.listed(KEYS[STOP_ALL]), ask.listed(KEYS[STOP_GROUP])
  if not next(all) and not next(group) then return nil end
  return function(i)
    if all[i] or group[i] then return STOPPED, SKIPPED, 'suppressed' end
  end
end
