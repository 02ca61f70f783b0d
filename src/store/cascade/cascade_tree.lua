-- (after cascade_links.lua) The strongest links of a cascade, and all between them and the first.
--
-- ARGV  1 prefix   2 campaign   3 how many links at most
-- Returns {link, parent, generation, opens, shares, pledges, link, …}, in no order
local campaign, max = ARGV[1] .. 'c:' .. ARGV[2], tonumber(ARGV[3])
local found, seen, n = {}, {}, 0

local function note(link, l)
  seen[link], n = true, n + 1
  for _, v in ipairs({link, l.parent, l.generation, l.opens, l.shares, l.pledges}) do found[#found + 1] = v end
end

-- A link and those above it, or none where they are more than may be.
local function note_up(link)
  local way = {}
  while link > 0 and not seen[link] do
    local l = link_read(campaign, link)
    if not l then return end
    way[#way + 1] = {link, l}
    link = l.parent
  end
  if n + #way > max then return end
  for _, step in ipairs(way) do note(step[1], step[2]) end
end

note_up(1)
for _, link in ipairs(redis.call('ZREVRANGE', campaign .. ':cascade:top', 0, -1)) do note_up(tonumber(link)) end
return found
