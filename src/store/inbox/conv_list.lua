-- (after direct_common.lua, conv_common.lua, conv_walk.lua) One page of conversations by the time of the last inbound
-- message. Looks at no more than 1,000 entries; a page may be short or empty and still have a next one.
--
-- ARGV  1 prefix   2 now [wall ms]   3 groups allowed (conv_common.lua)   4 open | closed   5 any | mine | free |
--       unlinked: who is no number that we know   6 by (for mine)   7 newest | oldest first   8 page size
--       9, 10 where the last page ended: time and id, or '' at the start
-- Returns {time, id (where this page ended; '' at the end of the list), then [id, field, …] for each; the field
--       doubt is '1' when nobody knows whether the last answer arrived}
local prefix, limit = ARGV[1], tonumber(ARGV[8])
local fields = {'group', 'number', 'name', 'gateway', 'sender', 'campaign', 'state', 'claimed_by',
  'claim_until_ms', 'claim_fence', 'last_in_ms', 'last_out_ms', 'unread', 'waiting_ms', 'tags', 'who', 'takes_id',
  'user_id'}

local UNKNOWN = 11
local function doubt(id)
  local index = redis.call('HGET', prefix .. 'conv:' .. id, 'last_answer')
  return index and ledger_state(prefix, 0, tonumber(index)) == UNKNOWN and '1' or ''
end

local function wanted(id)
  if ARGV[5] == 'any' then return true end
  if ARGV[5] == 'unlinked' then
    local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'number', 'who')
    return string.sub(c[1] or '', 1, 1) == '~' and c[2] ~= 'chat'
  end
  local by = holder(prefix .. 'conv:' .. id, ARGV[2])
  if ARGV[5] == 'mine' then return by == ARGV[6] end
  return not by
end

local function row(id)
  local values = redis.call('HMGET', prefix .. 'conv:' .. id, unpack(fields))
  local entry = {'id', id, 'doubt', doubt(id)}
  for j, field in ipairs(fields) do
    entry[#entry + 1] = field
    entry[#entry + 1] = values[j] or ''
  end
  return entry
end

local page, looked = {'', ''}, 0
local next_entry = walk(lists_of(prefix, ARGV[4] == 'closed' and 'closed' or 'inbox', ARGV[3]), ARGV[7] == 'newest', ARGV[9],
  ARGV[10])
local id, time = next_entry()
while id do
  if #page - 2 == limit or looked == 1000 then return page end
  page[1], page[2], looked = time, id, looked + 1
  if wanted(id) then page[#page + 1] = row(id) end
  id, time = next_entry()
end
page[1], page[2] = '', ''
return page
