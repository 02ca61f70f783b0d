-- (after pledge_common.lua, pledge_named.lua) How the person of a conversation stands: to which sessions that are not over they come or wait, and
-- which one we named to them last.
--
-- ARGV  1 prefix   2 now [wall ms]   3 conversation   4 groups whose conversations they may see: '' = all, ',a,b,' = these
-- Returns {session named or 0, campaign that named it or 0, their index there, {session, number, state, … the earliest first}} or {"missing"}
local c = person_of(ARGV[3], ARGV[4])
if not c then return {'missing'} end

local function to_come(session)
  local s = decoded('sessions', session)
  return s and not s.cancelled and s['end'] > NOW and s or nil
end

local open = {}
for _, one in ipairs(pledges_of(c[1])) do
  local r, s = read(one.session, one.n), to_come(one.session)
  if r and s and OPEN[r.s] then open[#open + 1] = {s.start, tonumber(one.session), tonumber(one.n), r.s} end
end
table.sort(open, function(a, b) return a[1] < b[1] or a[1] == b[1] and a[2] < b[2] end)
local list = {}
for _, one in ipairs(open) do
  for i = 2, 4 do list[#list + 1] = one[i] end
end

local session, _, campaign, index = named_last(ARGV[3], c[1])
if not session or not to_come(session) then return {0, 0, 0, list} end
return {tonumber(session), tonumber(campaign or '0'), index or 0, list}
