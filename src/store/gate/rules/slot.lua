-- The last rule: whoever comes this far gets a slot, of the gateway and of their sender, when there is one.
-- The limiters of the senders that are met: a function of who it is, nil = no sender has one.
local function slot_senders(ask)
  local rate, open = tonumber(ARGV[SENDER_RATE]), {}
  if rate == 0 then return nil end
  return function(i)
    local n = string.byte(ARGV[SENDER_OF], i)
    if not open[n] then
      open[n] = limiter_open(KEYS[SENDERS + n], rate, ask.now, ask.earliest, true)
      ask.at_end[#ask.at_end + 1] = open[n].save
    end
    return open[n]
  end
end

function rule.slot(ask)
  local WAIT_MAX = 4000000000 -- [µs] what 4 bytes can say
  local gateway = limiter_open(KEYS[LIMITER], tonumber(ARGV[RATE]), ask.now, ask.earliest, ask.is(IS_REPLY))
  for slot in string.gmatch(ARGV[GIVEN_BACK], '%d+') do gateway.give_back(tonumber(slot)) end
  ask.at_end[#ask.at_end + 1] = gateway.save
  local sender_of, hours_of, now, latest = slot_senders(ask), ask.hours_of, ask.now, ask.latest
  local room, none_left = tonumber(ARGV[GRANTS_MAX]), false

  return function(i)
    if none_left then return WAITS end
    local slot = gateway.next(latest)
    if slot > latest or room == 0 then
      none_left = true
      if slot > latest then ask.wait_until = slot end
      return WAITS
    end
    local sender = sender_of and sender_of(i)
    if sender then
      local free = sender.next(latest)
      -- only this sender has to wait; the others go on
      if free > latest then return SENDER_WAITS, nil, nil, math.min(free - now, WAIT_MAX) end
      slot = math.max(slot, free)
    end
    local h = hours_of and hours_of(i)
    if h and (slot < h.open or slot >= h.close) then return ask.closed(h) end
    gateway.take(slot)
    if sender then sender.take(slot) end
    room = room - 1
    return GRANTED, IN_FLIGHT, nil, slot - now
  end
end
