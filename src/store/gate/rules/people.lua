-- A campaign that people pace (core/answer_pace.h): so many may be texted until whoever paces it has looked again. And one
-- that begins with a few (core/canary.h): no more than those, whoever asks, until they did well. Those are counted by
-- the ledger itself: a slot that was given back is somebody else's, and nothing has to be kept beside it.
function rule.people(ask)
  local LOOK = 1000000 -- [µs] between two looks when nobody may
  local left = ask.people_left
  if left then
    ask.at_end[#ask.at_end + 1] = function()
      if ask.granted > 0 then redis.call('HINCRBY', KEYS[CAMPAIGN], 'people_left', -ask.granted) end
    end
  end
  if ask.canary then left = math.min(left or ask.canary, ask.canary - texted(KEYS[CAMPAIGN])) end
  if not left then return nil end
  return function()
    if ask.granted < left then return nil end
    ask.wait_until = ask.now + LOOK
    return WAITS
  end
end
