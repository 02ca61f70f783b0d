-- (A part that is put in front of other scripts, after follow_changed.lua.) How many people come to a session: those who
-- pledged, those on its waiting list, those to whom a campaign's text offered it. Whoever moves one of the three moves it here,
-- so that every process' copy hears of it (flow/place_book.h).

-- pledged, waiting, offered of the session of that id
local function rooms(prefix, session)
  local text = redis.call('HGET', prefix .. 'rooms', session)
  local p, w, o = string.match(text or '0 0 0', '^(%d+) (%d+) (%d+)$')
  return tonumber(p), tonumber(w), tonumber(o)
end

-- Adds to each of the three (of which none goes below 0), and returns what they are then.
local function rooms_move(prefix, session, pledged, waiting, offered)
  local p, w, o = rooms(prefix, session)
  p, w, o = math.max(0, p + pledged), math.max(0, w + waiting), math.max(0, o + offered)
  redis.call('HSET', prefix .. 'rooms', session, string.format('%d %d %d', p, w, o))
  changed(prefix .. 'places:changes', 'rooms', session)
  return p, w, o
end
