-- (after direct_common.lua, conv_common.lua, merged.lua, conv_row.lua) One page of conversations by the time of the last inbound
-- message. Looks at no more than LOOKS entries, so that nobody else waits for one who looks for somebody; a page may be short or
-- empty and still have a next one. What somebody holds is told by when their claims end, an answer that is due by since when,
-- what has a tag by when it got it.
--
-- ARGV  1 prefix   2 now [wall ms]   3 groups allowed (conv_common.lua)   4 inbox (the open ones) | closed | any | unanswered
--       5 any | mine | handed (of these, to them) | free | unlinked: who is no number that we know   6 by (for mine)   7 newest | oldest first   8 page size
--       9, 10 where the last page ended: time and id, or '' at the start
--       11 with this tag   12 of this campaign; with both: who got the tag for that campaign, whatever was asked since
--       13 in whose name this stands, in small letters   14 whose number ends with these digits; or ''
--       15 groups whose numbers are compared as a whole; of others the last SHOWN digits are, which a reader sees
-- Returns {time, id (where this page ended; '' at the end of the list), then a row (conv_row.lua) for each}
local LOOKS, SHOWN = 250, 4
local prefix, kind, filter, limit = ARGV[1], ARGV[4], ARGV[5], tonumber(ARGV[8])
local tag, campaign, name, digits = ARGV[11], ARGV[12], ARGV[13], ARGV[14]
local STATE = {inbox = 'open', closed = 'closed', unanswered = 'open'}

local function is_filtered(id, c)
  if filter == 'unlinked' then return string.sub(c[1] or '', 1, 1) == '~' and c[2] ~= 'chat' end
  if filter == 'any' then return true end
  local by = holder(prefix .. 'conv:' .. id, ARGV[2])
  if filter == 'mine' then return by == ARGV[6] end
  if filter == 'handed' then return by == ARGV[6] and redis.call('HGET', prefix .. 'conv:' .. id, 'handed_for') == by end
  return not by
end

local function is_found(c)
  if name ~= '' and string.find(string.lower(c[3] or ''), name, 1, true) then return true end
  local asked = is_allowed(ARGV[15], c[6]) and digits or string.sub(digits, -SHOWN)
  if digits ~= '' and string.sub(c[1] or '', 1, 1) ~= '~' and string.sub(c[1] or '', -#asked) == asked then return true end
  return name == '' and digits == ''
end

local function wanted(id)
  local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'number', 'who', 'name', 'state', 'campaign', 'group', 'loan')
  if not is_allowed(ARGV[3], c[6]) and not is_lent(ARGV[3], c[7]) then return false end
  if STATE[kind] and c[4] ~= STATE[kind] then return false end
  if campaign ~= '' and tag == '' and c[5] ~= campaign then return false end
  return is_found(c) and is_filtered(id, c)
end

local function lists()
  if filter == 'mine' or filter == 'handed' then return {prefix .. 'holds:' .. ARGV[6]} end
  if tag ~= '' and campaign ~= '' then return {prefix .. 'c:' .. campaign .. ':tag:' .. tag} end
  local keys = lists_of(prefix, tag ~= '' and 'tagged' or kind == 'any' and 'inbox' or kind, ARGV[3])
  for i, key in ipairs(keys) do
    if tag ~= '' then keys[i] = key .. '/' .. tag end
  end
  if kind == 'any' and tag == '' then
    for _, key in ipairs(lists_of(prefix, 'closed', ARGV[3])) do keys[#keys + 1] = key end
  end
  return keys
end

local page, looked = {'', ''}, 0
local next_entry = merged(lists(), ARGV[7] == 'newest', ARGV[9], ARGV[10])
local id, time = next_entry()
while id do
  if #page - 2 == limit or looked == LOOKS then return page end
  page[1], page[2], looked = time, id, looked + 1
  if wanted(id) then page[#page + 1] = row(prefix, id) end
  id, time = next_entry()
end
page[1], page[2] = '', ''
return page
