-- (after direct_common.lua, conv_common.lua, conv_walk.lua, conv_row.lua) One page of conversations by the time of the last inbound
-- message. Looks at no more than 1,000 entries; a page may be short or empty and still have a next one.
--
-- What somebody holds is told by when their claims end, an answer that is due by since when.
--
-- ARGV  1 prefix   2 now [wall ms]   3 groups allowed (conv_common.lua)   4 inbox | closed | unanswered   5 any | mine | free |
--       unlinked: who is no number that we know   6 by (for mine)   7 newest | oldest first   8 page size
--       9, 10 where the last page ended: time and id, or '' at the start
-- Returns {time, id (where this page ended; '' at the end of the list), then a row (conv_row.lua) for each}
local prefix, limit = ARGV[1], tonumber(ARGV[8])
local function wanted(id)
  if ARGV[5] == 'any' then return true end
  if ARGV[5] == 'unlinked' then
    local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'number', 'who')
    return string.sub(c[1] or '', 1, 1) == '~' and c[2] ~= 'chat'
  end
  local by = holder(prefix .. 'conv:' .. id, ARGV[2])
  if ARGV[5] == 'mine' then return by == ARGV[6] and conversation(prefix, id, ARGV[3]) end
  return not by
end

local page, looked = {'', ''}, 0
local lists = ARGV[5] == 'mine' and {prefix .. 'holds:' .. ARGV[6]} or lists_of(prefix, ARGV[4], ARGV[3])
local next_entry = walk(lists, ARGV[7] == 'newest', ARGV[9], ARGV[10])
local id, time = next_entry()
while id do
  if #page - 2 == limit or looked == 1000 then return page end
  page[1], page[2], looked = time, id, looked + 1
  if wanted(id) then page[#page + 1] = row(prefix, id) end
  id, time = next_entry()
end
page[1], page[2] = '', ''
return page
