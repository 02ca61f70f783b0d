-- Those that are not over: what runs, what stands still, each the newest first, then what waits for its time, the soonest first.
-- So of a thousand that are planned none stands before one that runs. At the end what is over and was not put away yet.
--
-- KEYS  1 active
-- ARGV  1 prefix of campaigns ("muster:c:")   2 how many at most
-- Returns, as page_of.lua does, {'', '' or, when there are more, how many there are in all, id, …}
local STANDS_STILL, LATEST = 1, 99999999999998
local PLACES = {[CAMPAIGN_RUNNING] = 0, [CAMPAIGN_PREPARING] = 0,
  [CAMPAIGN_DONE] = LATEST + 1, [CAMPAIGN_CANCELLED] = LATEST + 1, [CAMPAIGN_EXPIRED] = LATEST + 1}
local found, limit = {}, tonumber(ARGV[2])
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local c = redis.call('HMGET', ARGV[1] .. id, 'status', 'start_ms')
  local place = c[1] == CAMPAIGN_SCHEDULED and (tonumber(c[2] or '') or LATEST) or PLACES[c[1]] or STANDS_STILL
  found[#found + 1] = {id = id, n = tonumber(id), place = place}
end
table.sort(found, function(a, b)
  if a.place ~= b.place then return a.place < b.place end
  return a.n > b.n
end)
local page = {'', #found > limit and tostring(#found) or ''}
for i = 1, math.min(limit, #found) do page[#page + 1] = found[i].id end
return page
