-- The hours in which each of them may be texted. Says who has no slot that may be given now in them; the slot that is given is
-- looked at again (slot.lua), so others find here: ask.hours_of(i), nil when any hour is fine, and ask.closed(h), what is said
-- to who has to wait for them.
function rule.hours(ask)
  local hours = {}
  for open, close in string.gmatch(ARGV[HOURS], '(%d+) (%d+)') do
    hours[#hours + 1] = {open = tonumber(open), close = tonumber(close)}
  end
  if #hours == 0 then return nil end
  function ask.hours_of(i) return hours[1 + string.byte(ARGV[HOURS_OF], i)] end
  function ask.closed(h)
    return CLOSED, nil, nil, h.open > ask.now and math.ceil((h.open - ask.now) / 1000000) or 0
  end
  return function(i)
    local h = ask.hours_of(i)
    if h.close == 0 then return STOPPED, SKIPPED, 'no allowed hour' end
    if ask.latest < h.open or ask.earliest >= h.close then return ask.closed(h) end
  end
end
