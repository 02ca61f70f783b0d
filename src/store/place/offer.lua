-- (A part; after the states and follow_changed.lua, before ledger_prelude.lua.) Which session a campaign's text told each person of
-- (docs/adr/0051): a string beside the campaign, 4 bytes a person, little-endian, 0 = none. A session counts as offered to whoever was
-- texted with it, or may have been: so a move in the ledger moves that count, in the same script.
--
-- With 2^31 on top: they have pledged for it since, and count there. `rooms` is of store/place.h. The field `near` of a campaign says that it has such a string.
local offer = {} -- one local: Lua has room for 200 in a script
do
  -- Whoever holds no place of the session that they were told of.
  local UNTOLD = {[PENDING] = true, [UNDELIVERED] = true, [REFUSED] = true, [SKIPPED] = true, [EXPIRED] = true, [CANCELLED] = true}

  offer.PLEDGED = 2147483648
  function offer.is_told(state) return not UNTOLD[state] end
  function offer.key(campaign) return campaign .. ':near' end
  function offer.prefix(campaign) return string.match(campaign, '^(.*)c:%d+$') end
  -- 4 bytes, from `at` on (1 = the first); 0: they are not there
  function offer.u32(text, at)
    local a, b, c, d = string.byte(text, at, at + 3)
    return d and a + 256 * b + 65536 * c + 16777216 * d or 0
  end

  local function step(from, to)
    if UNTOLD[from] == UNTOLD[to] then return nil end
    return UNTOLD[to] and -1 or 1
  end
  -- Whose place that is changes between the bytes of a ledger, of which the first is `from`, and these states (by nibble): index → 1: they
  -- may have been told of it now, -1: they surely were not.
  function offer.steps(from, bytes, states)
    local steps = {}
    for i = 1, #bytes do
      local low, at = bytes[i] % 16, 2 * (from + i - 1)
      steps[at] = step(low, states[at])
      steps[at + 1] = step((bytes[i] - low) / 16, states[at + 1])
    end
    return steps
  end

  -- Whether any of these moves (16 * was + to → how often) changes that.
  function offer.is_about(moves)
    for move in pairs(moves) do
      local to = move % 16
      if UNTOLD[to] ~= UNTOLD[(move - to) / 16] then return true end
    end
  end
  function offer.has(campaign) return redis.call('HGET', campaign, 'near') end

  -- pledged, waiting, offered
  function offer.rooms(prefix, session)
    local p, w, o = string.match(redis.call('HGET', prefix .. 'rooms', session) or '', '^(%d+) (%d+) (%d+)$')
    return tonumber(p or '0'), tonumber(w or '0'), tonumber(o or '0')
  end

  function offer.count(prefix, session, by)
    local p, w, o = offer.rooms(prefix, session)
    redis.call('HSET', prefix .. 'rooms', session, string.format('%d %d %d', p, w, math.max(0, o + by)))
  end
  -- The copies of all processes hear of it (flow/place_book.h).
  function offer.tell(prefix, session) changed(prefix .. 'places:changes', 'rooms', session) end

  -- moved: offer.steps
  function offer.moved(campaign, moved)
    local prefix, sums = offer.prefix(campaign), {}
    for index, by in pairs(moved) do
      local session = offer.u32(redis.call('GETRANGE', offer.key(campaign), 4 * index, 4 * index + 3), 1)
      if session > 0 and session < offer.PLEDGED then sums[session] = (sums[session] or 0) + by end
    end
    for session, by in pairs(sums) do
      local id = string.format('%d', session)
      if by ~= 0 and redis.call('HEXISTS', prefix .. 'rooms', id) == 1 then -- not of one that is long over
        offer.count(prefix, id, by)
        offer.tell(prefix, id)
      end
    end
  end
end
