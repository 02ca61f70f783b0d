-- (after direct_common.lua, conv_common.lua, person_common.lua) Who is this? The most recent campaign that has texted them,
-- since an answer is to the last thing one was asked; of several, one that came from the number that they write to.
--
-- ARGV  1 prefix   2 key   3 how many campaigns to look at, newest first   4 this one does not count, 0 = all do
--       5 gateway that they write to, '' = any   6 the number or name that they write to   7 group of the gateway's own
--       inbox, '' = it has none: then what others have asked is not meant   8, 9 user ids that came along, or ''
--       10… older spellings of the key: an audience of before may have the person under one of them
-- Returns {campaign, group, audience, index, key}; when no campaign knows them {0, group of their last
-- conversation or '', 0, 0, key}. The place of a number in an audience is as audience_rows.lua puts it.
local prefix, key, gateway, own = ARGV[1], ARGV[2], ARGV[5], ARGV[7]
if not is_number(key) then key = linked(prefix, {ARGV[8], ARGV[9]}) or key end

local function place_in(audience, numbers)
  local buckets = tonumber(redis.call('HGET', prefix .. 'a:' .. audience, 'buckets') or '0')
  if buckets == 0 then return false end
  for _, number in ipairs(numbers) do
    local bucket = string.format('%d', tonumber(number) % buckets)
    local index = redis.call('HGET', prefix .. 'a:' .. audience .. ':x:' .. bucket, number)
    if index then return index end
  end
  return false
end

-- Neither pending nor a hole, nor left out before anything was sent (skipped, expired, cancelled).
local function was_texted(state)
  return state ~= 0 and state ~= 15 and (state < 8 or state > 10)
end

-- 3 from the very number, 2 by the gateway, 1 by another one, 0 not meant
local BEST = 3
local function nearness(c)
  if gateway == '' then return BEST end
  if c[3] ~= gateway then return (own == '' or own == c[2]) and 1 or 0 end
  return (not c[4] or c[4] == '' or c[4] == ARGV[6]) and BEST or 2
end

local function look_for(number, older)
  local best, near, numbers = nil, 0, {number, unpack(ARGV, older)}
  for _, id in ipairs(redis.call('ZREVRANGE', prefix .. 'campaigns', 0, ARGV[3] - 1)) do
    local c = redis.call('HMGET', prefix .. 'c:' .. id, 'audience', 'group', 'gateway', 'sender')
    local n = id ~= ARGV[4] and c[1] and nearness(c) or 0
    local index = n > near and place_in(c[1], numbers)
    if index and was_texted(ledger_state(prefix, id, tonumber(index))) then
      best, near = {id, c[2] or '', c[1], index, number}, n
      if n == BEST then return best end
    end
  end
  return best
end

if is_number(key) then
  local found = look_for(key, key == ARGV[2] and 10 or #ARGV + 1)
  if found then return found end
  local ours = redis.call('HGET', prefix .. 'spelled', key)
  found = ours and ours ~= '?' and look_for(ours, #ARGV + 1)
  if found then return found end
end
-- The group that they spoke with last, unless it was by another door than this one, which has its own inbox.
local group = redis.call('HGET', prefix .. 'groupof', key) or ''
if own ~= '' and group ~= '' then
  local id = redis.call('HGET', prefix .. 'convof:' .. group, key)
  if not id or redis.call('HGET', prefix .. 'conv:' .. id, 'gateway') ~= gateway then group = own end
end
return {0, group, 0, 0, key}
