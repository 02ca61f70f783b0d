-- The hours in which each of them may be texted: a function of who it is, nil = any hour is fine.
local function hours_read()
  local hours = {}
  for open, close in string.gmatch(ARGV[HOURS], '(%d+) (%d+)') do
    hours[#hours + 1] = {open = tonumber(open), close = tonumber(close)}
  end
  if #hours == 0 then return nil end
  return function(i) return hours[1 + string.byte(ARGV[HOURS_OF], i)] end
end

local function hours_closed(ask, h)
  return CLOSED, nil, nil, h.open > ask.now and math.ceil((h.open - ask.now) / 1000000) or 0
end

-- Whom no slot that may be given now would suit. The slot that is given is looked at again (slot.lua).
local function rule_hours(ask)
  if not ask.hours_of then return nil end
  return function(i)
    local h = ask.hours_of(i)
    if h.close == 0 then return STOPPED, SKIPPED, 'no allowed hour' end
    if ask.latest < h.open or ask.earliest >= h.close then return hours_closed(ask, h) end
  end
end
