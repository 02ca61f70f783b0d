-- (after direct_common.lua, conv_common.lua) One page of conversations by the time of the last inbound message. Looks at no
-- more than 1,000 entries; a page may be short or empty and still have a next one.
--
-- ARGV  1 prefix   2 now [wall ms]   3 group or '' for all   4 open | closed   5 any | mine | free |
--       unlinked: who is no number that we know   6 by (for mine)   7 newest | oldest first   8 page size   9, 10 where the last page ended: time and
--       id, or '' at the start
-- Returns {time, id (where this page ended; '' at the end of the list), then [id, field, …] for each; the field
--       doubt is '1' when nobody knows whether the last answer arrived}
local prefix, key = ARGV[1], ARGV[1] .. (ARGV[4] == 'closed' and 'closed:' or 'inbox:') .. ARGV[3]
local newest, limit = ARGV[7] == 'newest', tonumber(ARGV[8])
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

local function chunk(offset)
  local from = ARGV[9]
  if newest then
    if from == '' then from = '+inf' end
    return redis.call('ZREVRANGEBYSCORE', key, from, '-inf', 'WITHSCORES', 'LIMIT', offset, 100)
  end
  if from == '' then from = '-inf' end
  return redis.call('ZRANGEBYSCORE', key, from, '+inf', 'WITHSCORES', 'LIMIT', offset, 100)
end

-- Entries of the same time are in the order of their ids, as strings: the page's end tells them apart.
local function passed(id, score)
  if ARGV[10] == '' or tonumber(score) ~= tonumber(ARGV[9]) then return false end
  if newest then return id >= ARGV[10] end
  return id <= ARGV[10]
end

local page, offset, looked = {'', ''}, 0, 0
while looked < 1000 do
  local found = chunk(offset)
  for i = 1, #found, 2 do
    local id, score = found[i], found[i + 1]
    if not passed(id, score) then
      if #page - 2 == limit then return page end
      page[1], page[2], looked = score, id, looked + 1
      if wanted(id) then
        local row = redis.call('HMGET', prefix .. 'conv:' .. id, unpack(fields))
        local entry = {'id', id, 'doubt', doubt(id)}
        for j, field in ipairs(fields) do
          entry[#entry + 1] = field
          entry[#entry + 1] = row[j] or ''
        end
        page[#page + 1] = entry
      end
    end
  end
  offset = offset + #found / 2
  if #found < 200 then
    page[1], page[2] = '', ''
    return page
  end
end
return page
