-- (after merged.lua) A page of schedules, the newest first.
--
-- ARGV  1 prefix   2 groups allowed   3 page size   4, 5 where the last page ended: time and id, or '' at the start
-- Returns {time, id (where this page ended; '' at the end), {id, {field, value, …}}, …}
local keys = ARGV[2] == '' and {ARGV[1] .. 'schedules'} or lists_of(ARGV[1], 'schedules', ARGV[2])
local next_entry = merged(keys, true, ARGV[4], ARGV[5])
local page, limit = {'', ''}, tonumber(ARGV[3])
local id, time = next_entry()
while id do
  if #page - 2 == limit then return page end
  page[1], page[2] = time, id
  page[#page + 1] = {tonumber(id), redis.call('HGETALL', ARGV[1] .. 'schedule:' .. id)}
  id, time = next_entry()
end
page[1], page[2] = '', ''
return page
