-- Whose last words sounded like STOP, until somebody has read them. Replies go to them.
function rule.hold(ask)
  if ask.is(IS_REPLY) then return nil end
  local held = ask.listed(KEYS[STOP_HELD])
  if not next(held) then return nil end
  return function(i)
    if not held[i] then return end
    redis.call('HINCRBY', KEYS[CAMPAIGN], 'held', 1)
    return STOPPED, SKIPPED, 'held'
  end
end
