-- A campaign that people pace (core/answer_pace.h): so many may be texted until whoever paces it has looked again.
local PEOPLE_LOOK = 1000000 -- [µs] between two looks when nobody may

local function rule_people(ask)
  local left = ask.people_left
  if not left then return nil end
  ask.at_end[#ask.at_end + 1] = function()
    if ask.granted > 0 then redis.call('HINCRBY', KEYS[CAMPAIGN], 'people_left', -ask.granted) end
  end
  return function()
    if ask.granted < left then return nil end
    ask.wait_until = ask.now + PEOPLE_LOOK
    return WAITS
  end
end
