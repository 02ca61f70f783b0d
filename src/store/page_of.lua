-- (after merged.lua) A page of ids out of the zsets of some groups, the newest first.
--
-- ARGV  1 prefix   2 the zset of all ("campaigns"); that of a group has ":group" behind it   3 groups allowed   4 page size
--       5, 6 where the last page ended: time and id, or '' at the start
-- Returns {time, id (where this page ended; '' at the end of the list), id, …}
local keys = ARGV[3] == '' and {ARGV[1] .. ARGV[2]} or lists_of(ARGV[1], ARGV[2], ARGV[3])
local next_entry = merged(keys, true, ARGV[5], ARGV[6])
local page, limit = {'', ''}, tonumber(ARGV[4])
local id, time = next_entry()
while id do
  if #page - 2 == limit then return page end
  page[1], page[2], page[#page + 1] = time, id, id
  id, time = next_entry()
end
page[1], page[2] = '', ''
return page
