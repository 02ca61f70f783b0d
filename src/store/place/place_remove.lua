-- (after place_rooms.lua, place_common.lua) Removes a place with sessions that are over or cancelled, or a session.
--
-- ARGV  1 … 4   5 place | session   6 id
-- Returns {ok}, or {missing}, {not_yours}, {coming, how many sessions | how many people}
local name, id = ARGV[5], ARGV[6]

local function remove_session(session)
  local place = load('places', string.format('%d', session.place))
  local group = place and place.group or ''
  if not may(group) then return {'not_yours'} end
  local pledged, waiting = rooms(P, id)
  local is_over = session['end'] < NOW
  if not is_over and pledged + waiting > 0 then return {'coming', pledged + waiting} end
  drop_session(id, session, group)
  tell(P, 'place', string.format('%d', session.place), group, 'session_removed', WHO)
  audit(P .. 'audit', {at_ms = NOW, who = WHO, group = group, what = 'session ' .. id .. ' removed'})
  return {'ok'}
end

local function remove_place(place)
  local group, coming = place.group or '', 0
  if not may(group) then return {'not_yours'} end
  local list = redis.call('SMEMBERS', P .. 'place:sessions:' .. id)
  for _, one in ipairs(list) do
    local session = load('sessions', one)
    if session['end'] >= NOW and not session.cancelled then coming = coming + 1 end
  end
  if coming > 0 then return {'coming', coming} end
  for _, one in ipairs(list) do drop_session(one, load('sessions', one), group) end
  redis.call('HDEL', P .. 'places', id)
  redis.call('DEL', P .. 'pledges:from:' .. id)
  redis.call('HINCRBY', P .. 'group:places', group, -1)
  drop_code('place:codes', group, place.code, id)
  told('places', id)
  tell(P, 'place', id, group, 'removed', WHO)
  audit(P .. 'audit', {at_ms = NOW, who = WHO, group = group, what = 'place ' .. id .. ' removed'})
  return {'ok'}
end

local record = load(name .. 's', id)
if not record then return {'missing'} end
return name == 'place' and remove_place(record) or remove_session(record)
