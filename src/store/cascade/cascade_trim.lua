-- (A part of keep_trim.lua; after follow_changed.lua and cascade_links.lua.) The links of a campaign's cascade go, and it is over: its
-- counts stay. `campaign` is "…c:7".
local function cascade_trim(campaign)
  local last = tonumber(redis.call('HGET', campaign .. ':cascade', 'next') or '0')
  for link = 1, last, CHUNK do redis.call('UNLINK', (link_at(campaign, link))) end
  redis.call('DEL', campaign .. ':cascade:top')
  local prefix, id = string.match(campaign, '^(.*)c:(%d+)$')
  if redis.call('HDEL', prefix .. 'cascades', id) == 1 then changed(prefix .. 'cascades:changes', 'cascades', id) end
end
