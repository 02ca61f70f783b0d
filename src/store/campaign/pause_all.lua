-- (after mark.lua, move.lua, reaches_campaign.lua) Pauses all campaigns at once, or lets go on exactly those that were paused that way and that
-- nobody has touched since: a press of the button is a number, which stands in `paused_all` of each campaign that it
-- paused until the campaign is moved again. Who has some groups only lets nothing go on that was paused for all.
--
-- ARGV  1 prefix   2 pause | resume   3 now [wall ms]   4 who (actor)   5 why   6 groups allowed (call_groups)
-- Returns {the mark, the press (0: of a resume), id, stamp, id, stamp, …} of those that were moved
local prefix, name, allowed = ARGV[1], ARGV[2], ARGV[6]
local press = name == 'pause' and redis.call('INCR', prefix .. 'id:press') or 0

local function concerns(campaign)
  local c = redis.call('HMGET', campaign, 'status', 'group', 'paused_all', 'loan')
  if not reaches_campaign(allowed, c[2], c[4]) then return false end
  if name == 'pause' then return MOVES.pause.from[c[1] or ''] and c[1] ~= CAMPAIGN_BLOCKED end
  return c[1] == CAMPAIGN_PAUSED and c[3] and (allowed == '' or not string.find(c[3], ' all$'))
end

local ids = redis.call('SMEMBERS', prefix .. 'active')
table.sort(ids, function(a, b) return tonumber(a) < tonumber(b) end)
local moved = {0, press}
for _, id in ipairs(ids) do
  local campaign = prefix .. 'c:' .. id
  if concerns(campaign) then
    move_campaign(campaign, id, name, ARGV[3], ARGV[4], ARGV[5])
    if name == 'pause' then redis.call('HSET', campaign, 'paused_all', press .. (allowed == '' and ' all' or '')) end
    moved[#moved + 1] = tonumber(id)
    moved[#moved + 1] = redis.call('HGET', campaign, 'stamp') or '0'
  end
end
if #moved > 2 then moved[1] = mark_move(prefix .. 'store') end
return moved
