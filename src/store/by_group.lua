-- (after group_appear.lua) A store of before groups had lists of their own (layout 2 and older): puts some campaigns and all audiences that have a
-- name into the lists of their groups. What stands there already stays.
--
-- ARGV  1 prefix   2 from which place of `campaigns` on   3 how many
-- Returns how many campaigns were looked at; 0 = that was all, or the store is a newer one.
local prefix, from = ARGV[1], tonumber(ARGV[2])
if tonumber(redis.call('HGET', prefix .. 'layout', 'version') or '0') >= 3 then return 0 end

local function enlist_audiences()
  local names = redis.call('HVALS', prefix .. 'audiences')
  for _, ids in ipairs(names) do
    for id in string.gmatch(ids, '%d+') do
      local a = redis.call('HMGET', prefix .. 'a:' .. id, 'group', 'frozen')
      if a[1] and a[2] then
        note_group(prefix, a[1])
        redis.call('ZADD', prefix .. 'frozen', a[2], id)
        redis.call('ZADD', prefix .. 'frozen:' .. a[1], a[2], id)
      end
    end
  end
end

-- Those that had conversations were noted, and nothing was said of them.
local function show_groups()
  for _, group in ipairs(redis.call('SMEMBERS', prefix .. 'groups')) do
    redis.call('HSETNX', prefix .. 'group:info', group, '{}')
  end
end

if from == 0 then
  show_groups()
  enlist_audiences()
end
local found = redis.call('ZRANGE', prefix .. 'campaigns', from, from + ARGV[3] - 1, 'WITHSCORES')
for i = 1, #found, 2 do
  local group = redis.call('HGET', prefix .. 'c:' .. found[i], 'group')
  if group then
    redis.call('ZADD', prefix .. 'campaigns:' .. group, found[i + 1], found[i])
    note_group(prefix, group)
  end
end
return #found / 2
