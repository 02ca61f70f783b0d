-- (after events.lua, mark.lua, taken.lua, names.lua) The first step of a deletion: the audience loses its name and is marked, so that nobody finds it or adds
-- to it any more, and stands among the drafts, so that a deletion that is cut off is finished by the sweep. What the list was before
-- goes with it. That a list goes is told (store/told.h), of each of its versions, since a copy that is put back may have any of them.
-- Campaigns need their audience: until they are over for their people, then for the numbers in their report. In the
-- same step as the deletion, so that none can be launched in between.
--
-- KEYS  1 a:{id}   2 audiences   3 drafts   4 campaigns   5 active   6 frozen   7 versions
-- ARGV  1 audience id   2 now [wall ms]   3 key prefix of campaigns ("muster:c:")   4 "1": reports may lose it
--       5 key prefix of audiences ("muster:a:")
-- Returns {"ok", blocks, buckets, mark, told (taken.lua)}, {"missing"}, or {"unfinished" or "reports", how many, id, name, id, name, …}: at most
-- NAMED of the campaigns that need it
local NAMED = 3
local meta = redis.call('HMGET', KEYS[1], 'name', 'blocks', 'buckets', 'frozen', 'gone', 'group', 'next', 'list')
if not meta[1] then
  redis.call('ZREM', KEYS[3], ARGV[1])
  redis.call('SREM', KEYS[2] .. ':doomed', ARGV[1])
  return {'missing'}
end
local versions = KEYS[7] .. ':' .. (meta[8] or ARGV[1])
local all = {[ARGV[1]] = true}
if meta[4] and not meta[7] then
  for _, id in ipairs(redis.call('SMEMBERS', versions)) do all[id] = true end
end

local function campaigns_that_need_it()
  local unfinished, finished = {'unfinished', 0}, {'reports', 0}
  for _, id in ipairs(redis.call('ZRANGE', KEYS[4], 0, -1)) do
    local c = redis.call('HMGET', ARGV[3] .. id, 'audience', 'name')
    if c[1] and all[c[1]] then
      local list = redis.call('SISMEMBER', KEYS[5], id) == 1 and unfinished or finished
      list[2] = list[2] + 1
      if list[2] <= NAMED then
        list[#list + 1] = id
        list[#list + 1] = c[2]
      end
    end
  end
  if unfinished[2] > 0 then return unfinished end
  if finished[2] > 0 and ARGV[4] ~= '1' then return finished end
end
-- A draft was never anybody's, and a deletion that has begun is to end.
local needed = meta[4] and not meta[5] and campaigns_that_need_it()
if needed then return needed end
local function goes(id)
  redis.call('ZREM', KEYS[7], id)
  redis.call('SREM', versions, id)
  redis.call('SREM', KEYS[2] .. ':doomed', id)
  redis.call('HSET', ARGV[5] .. id, 'gone', 1)
  redis.call('ZADD', KEYS[3], ARGV[2], id)
end
take_name(KEYS[2], meta[1], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[1])
redis.call('ZREM', KEYS[6] .. ':' .. meta[6], ARGV[1])
local prefix = string.gsub(KEYS[2], 'audiences$', '')
local is_list = meta[4] and not meta[5] and not meta[7]
for id in pairs(all) do
  if is_list then tell_taken('list', id, redis.call('HGET', ARGV[5] .. id, 'frozen') or 0, '') end
  goes(id)
end
if is_list then tell(prefix, 'audience', ARGV[1], meta[6], 'deleted') end
return {'ok', meta[2], meta[3], take_taken(prefix .. 'store')}
