-- The session that a text tells somebody of: the dispatcher says which ones fit them, the best first (flow/dispatch/near.c); theirs is
-- the first that has room. Whoever has been given one before keeps it while there is room. Who has none to choose from is told of none;
-- who had some, and all are full, waits: the dispatcher learns which are, and asks again with others.
do
  local NEWS_STEP = 8 -- every so many people the other processes hear how full a session is; and when there is no room
  local ENTRY = 12 -- bytes of one of NEAR_SESSIONS
  local NONE = 65535 -- as in store/ledger.h

  -- A function of which entry (from 0): what is known of that session here; and all that are known, by name.
  local function near_sessions(prefix, texts)
    local known, places, entries = {}, {}, {}
    local function session_of(id)
      local name = string.format('%d', id)
      if not known[name] then
        local pledged, _, offered = offer.rooms(prefix, name)
        known[name] = {id = id, name = name, pledged = pledged, offered = offered, more = 0}
      end
      return known[name]
    end
    -- What it needs, all sessions together; nil: nobody said.
    local function place_of(at)
      if at == 0 then return nil end
      if not places[at] then
        local p = {needed = offer.u32(ARGV[NEAR_PLACES], at), sessions = {}, told = 0}
        for k = 1, offer.u32(ARGV[NEAR_PLACES], at + 4) do
          local s = session_of(offer.u32(ARGV[NEAR_PLACES], at + 4 + 4 * k))
          s.place, p.sessions[k], p.told = p, s, p.told + s.pledged + s.offered
        end
        places[at] = p
      end
      return places[at]
    end
    local function is_wanting(place) return place.told < place.needed * texts end
    local function has_room(s)
      if s.place and not is_wanting(s.place) then return false end
      return not s.capacity or s.capacity == 0 or (s.pledged < s.capacity and s.pledged + s.offered < s.capacity * texts)
    end
    local function open(k)
      local at = ENTRY * k + 1
      local s = session_of(offer.u32(ARGV[NEAR_SESSIONS], at))
      s.capacity, s.place = offer.u32(ARGV[NEAR_SESSIONS], at + 4), place_of(offer.u32(ARGV[NEAR_SESSIONS], at + 8))
      return s
    end
    return function(k)
      entries[k] = entries[k] or open(k)
      return entries[k]
    end, known, has_room, is_wanting
  end

  -- Writes how many were told of each. Returns the names of those that have no room.
  local function near_finish(prefix, known, has_room, is_wanting)
    local full, news = {}, {}
    for name, s in pairs(known) do
      local room, was = has_room(s), s.offered - s.more
      if not room then full[#full + 1] = name end
      if s.more > 0 then
        offer.count(prefix, name, s.more)
        local step = math.floor(s.offered / NEWS_STEP) ~= math.floor(was / NEWS_STEP)
        news[name] = news[name] or step or not room
        if s.place and not is_wanting(s.place) then
          for _, other in ipairs(s.place.sessions) do news[other.name] = true end
        end
      end
    end
    for name, is in pairs(news) do
      if is then offer.tell(prefix, name) end
    end
    return table.concat(full, ' ')
  end

  function rule.near(ask, first, offsets)
    local said, per = ARGV[NEAR_OF], tonumber(ARGV[NEAR_PER])
    if said == '' and not ask.told_before then return nil end
    local prefix, key = offer.prefix(KEYS[CAMPAIGN]), offer.key(KEYS[CAMPAIGN])
    local from = first + offsets[1]
    local memory = redis.call('GETRANGE', key, 4 * from, 4 * (first + offsets[#offsets]) + 3)
    local session_at, known, has_room, is_wanting = near_sessions(prefix, tonumber(ARGV[NEAR_TEXTS]))
    local chosen, written, offers = {}, {}, {}
    local function before(i) return offer.u32(memory, 4 * (first + offsets[i] - from) + 1) end

    -- nil: none of them has room, or there are none; then whether there are any
    local function choose(i)
      local best, any, mine = nil, false, before(i)
      if mine > offer.PLEDGED then return nil, false end
      for k = 2 * per * (i - 1) + 1, 2 * per * i, 2 do
        local low, high = string.byte(said, k, k + 1)
        if not low or low + 256 * high == NONE then break end
        local s = session_at(low + 256 * high)
        any = true
        if has_room(s) then
          if mine == 0 or s.id == mine then return s end
          best = best or s
        end
      end
      return best, any
    end

    function ask.offer(i)
      local s, was = chosen[i], before(i)
      if s then s.more, s.offered = s.more + 1, s.offered + 1 end
      if s and s.place then s.place.told = s.place.told + 1 end
      offers[#offers + 1] = s and s.id or (was > offer.PLEDGED and was - offer.PLEDGED or 0)
      if was < offer.PLEDGED and was ~= offers[#offers] then written[first + offsets[i]] = offers[#offers] end
    end

    ask.at_end[#ask.at_end + 1] = function()
      for index, id in pairs(written) do redis.call('SETRANGE', key, 4 * index, struct.pack('<I4', id)) end
      if next(written) and not ask.told_before then redis.call('HSET', KEYS[CAMPAIGN], 'near', '1') end
      ask.offers = struct.pack('<' .. string.rep('I4', #offers), unpack(offers))
      ask.full = near_finish(prefix, known, has_room, is_wanting)
    end

    return function(i)
      local s, any = choose(i)
      chosen[i] = s
      if any and not s then return PLACES_FULL end
    end
  end
end
