-- (after direct_common.lua, events.lua, conv_common.lua, merged.lua, conv_queue.lua, conv_row.lua) The next person for a member: of those who wait
-- in their groups and whom nobody holds the one who waits longest, claimed. Twenty who ask at once get twenty people. What
-- the member holds and has answered goes back to the others first. Who was handed to them comes before all who wait.
--
-- ARGV  1 prefix   2 now [wall ms]   3 groups allowed (conv_common.lua)   4 by   5 lease [ms]   6 may hold at most so many
--       7 tag   8 language   9 campaign: only such, or ''
-- Returns {"ok", row (conv_row.lua)}, {"nobody", when the next claim ends or 0, how many are held}, or {"full", how many
--       they hold}. With two of 7 to 9 it looks at the 1,000 who wait longest.
local prefix, now, by, tag, language, campaign = ARGV[1], ARGV[2], ARGV[4], ARGV[7], ARGV[8], ARGV[9]
local LOOKED_MAX = 1000

-- How many they hold who wait; the first who was handed to them, whether they wait or not.
local function kept_in_hand()
  local n, holds, handed = 0, prefix .. 'holds:' .. by, nil
  redis.call('ZREMRANGEBYSCORE', holds, '-inf', now)
  for _, id in ipairs(redis.call('ZRANGE', holds, 0, 99)) do
    local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'waiting_ms', 'handed_for')
    local is_handed = c[2] == by and conversation(prefix, id, ARGV[3])
    if is_handed then handed = handed or id end
    if c[1] ~= '0' then n = n + 1 elseif not is_handed then let_go(prefix, id, now) end
  end
  return n, handed
end

-- Who must not be texted waits for nothing.
local function may_be_texted(id)
  local conv = prefix .. 'conv:' .. id
  local c = redis.call('HMGET', conv, 'number', 'group', 'last_in_ms')
  for _, scope in ipairs({'all', c[2] or ''}) do
    if redis.call('HEXISTS', prefix .. 's:' .. scope, c[1] or '') == 1 then
      redis.call('HSET', conv, 'unread', 0, 'waiting_ms', 0)
      place(prefix, id, c[2], 'closed', c[3] or '0')
      queue(prefix, id, now)
      return false
    end
  end
  return true
end

local function fits(id)
  local c = redis.call('HMGET', prefix .. 'conv:' .. id, 'tags', 'language', 'campaign')
  return (tag == '' or has_tag(c[1] or '', tag)) and (language == '' or c[2] == language) and (campaign == '' or c[3] == campaign)
end

local function lists()
  local keys = lists_of(prefix, 'waits', ARGV[3])
  local rest = tag ~= '' and '/t/' .. tag or language ~= '' and '/l/' .. language or campaign ~= '' and '/c/' .. campaign or ''
  for i, key in ipairs(keys) do keys[i] = key .. rest end
  return keys
end

local function nobody()
  local first, n = 0, 0
  for _, key in ipairs(lists_of(prefix, 'held', ARGV[3])) do
    local head = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')[2]
    n = n + redis.call('ZCARD', key)
    if head and (first == 0 or tonumber(head) < first) then first = tonumber(head) end
  end
  return {'nobody', first, n}
end

-- Open conversations of a version that had no such lists come into them, some with each call.
local function take_in()
  local from, EACH = redis.call('GET', prefix .. 'queued_from') or '0', 1000
  if from == 'all' then return end
  local ids = redis.call('ZRANGE', prefix .. 'inbox:', from, from + EACH - 1)
  for _, id in ipairs(ids) do queue(prefix, id, now) end
  redis.call('SET', prefix .. 'queued_from', #ids < EACH and 'all' or string.format('%d', from + EACH))
end

take_in()
queue_lapsed(prefix, now, 100)
local in_hand, handed = kept_in_hand()
if handed and may_be_texted(handed) then
  take(prefix, handed, by, now, ARGV[5])
  return {'ok', row(prefix, handed)}
end
if in_hand >= tonumber(ARGV[6]) then return {'full', in_hand} end
local next_entry, looked = merged(lists(), false, '', ''), 0
local id = next_entry()
while id and looked < LOOKED_MAX do
  if fits(id) and may_be_texted(id) then
    take(prefix, id, by, now, ARGV[5])
    return {'ok', row(prefix, id)}
  end
  looked = looked + 1
  id = next_entry()
end
return nobody()
