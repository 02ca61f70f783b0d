-- The session that a text tells somebody of: the dispatcher says which ones fit them, the best first (flow/dispatch/offer.c); theirs is
-- the first that has room. Whoever has been given one before keeps it while there is room. Who has none to choose from is told of none;
-- who had some, and all are full, waits: the dispatcher learns which are, and asks again with others.
local rule_near
do
  local NEWS_STEP = 8 -- every so many people the other processes hear how full a session is; and when it is full
  local ENTRY = 16 -- bytes of one of NEAR_SESSIONS
  local NONE, ANY = 65535, 4294967295 -- as in store/ledger.h

  -- A function of which entry (from 0): what is known of that session here.
  local function near_sessions(prefix, texts)
    local sessions, places = {}, {}
    local function place_of(id, most)
      places[id] = places[id] or {most = most, offered = tonumber(redis.call('HGET', prefix .. 'offers:places', id) or '0')}
      return places[id]
    end
    local function open(k)
      local at = ENTRY * k + 1
      local s = {id = offer.u32(ARGV[NEAR_SESSIONS], at), more = 0, capacity = offer.u32(ARGV[NEAR_SESSIONS], at + 8)}
      s.name = string.format('%d', s.id)
      s.pledged, s.waiting, s.offered = offer.rooms(prefix, s.name)
      s.place_name = string.format('%d', offer.u32(ARGV[NEAR_SESSIONS], at + 4))
      s.place = place_of(s.place_name, offer.u32(ARGV[NEAR_SESSIONS], at + 12))
      function s.has_room()
        if s.place.most ~= ANY and s.place.offered >= s.place.most then return false end
        return s.capacity == 0 or (s.pledged < s.capacity and s.pledged + s.offered < s.capacity * texts)
      end
      return s
    end
    return sessions, function(k)
      sessions[k] = sessions[k] or open(k)
      return sessions[k]
    end
  end

  function rule_near(ask, first, offsets)
    local said, per = ARGV[NEAR_OF], tonumber(ARGV[NEAR_PER])
    if said == '' and not ask.told_before then return nil end
    local prefix = offer.prefix(KEYS[CAMPAIGN])
    local from, key = first + offsets[1], offer.key(KEYS[CAMPAIGN])
    local memory = redis.call('GETRANGE', key, 4 * from, 4 * (first + offsets[#offsets]) + 3)
    local seen, session_at = near_sessions(prefix, tonumber(ARGV[NEAR_TEXTS]))
    local chosen, written, offers, full = {}, {}, {}, {}
    local function before(i) return offer.u32(memory, 4 * (first + offsets[i] - from) + 1) end

    -- nil: none of them has room, or there are none; then whether there are any
    local function choose(i)
      local best, any, mine = nil, false, before(i)
      for k = 2 * per * (i - 1) + 1, 2 * per * i, 2 do
        local low, high = string.byte(said, k, k + 1)
        if not low or low + 256 * high == NONE then break end
        local s = session_at(low + 256 * high)
        any = true
        if s.has_room() then
          if mine == 0 or s.id == mine then return s end
          best = best or s
        end
      end
      return best, any
    end

    function ask.offer(i)
      local s = chosen[i]
      if s then s.more, s.offered, s.place.offered = s.more + 1, s.offered + 1, s.place.offered + 1 end
      offers[#offers + 1] = s and s.id or 0
      if before(i) ~= offers[#offers] then written[first + offsets[i]] = offers[#offers] end
    end

    ask.at_end[#ask.at_end + 1] = function()
      for index, id in pairs(written) do redis.call('SETRANGE', key, 4 * index, struct.pack('<I4', id)) end
      if next(written) and not ask.told_before then redis.call('HSET', KEYS[CAMPAIGN], 'near', '1') end
      for _, s in pairs(seen) do
        local has_room, was = s.has_room(), s.offered - s.more
        if not has_room then full[#full + 1] = s.name end
        if s.more > 0 then
          local step = math.floor(s.offered / NEWS_STEP) ~= math.floor(was / NEWS_STEP)
          offer.count(prefix, s.name, s.place_name, s.more, step or not has_room)
        end
      end
      ask.offers = struct.pack('<' .. string.rep('I4', #offers), unpack(offers))
      ask.full = table.concat(full, ' ')
    end

    return function(i)
      local s, any = choose(i)
      chosen[i] = s
      if any and not s then return PLACES_FULL end
    end
  end
end
