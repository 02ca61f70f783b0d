-- How many people of a group pledged to a place of another group.
--
-- KEYS  pledges:from:{place} of each
-- ARGV  the group of each
-- Returns {coming, waiting, came, missed} of each; what is not there is false.
local all = {}
for i, key in ipairs(KEYS) do
  local group = ARGV[i]
  all[i] = redis.call('HMGET', key, 'coming ' .. group, 'waiting ' .. group, 'came ' .. group, 'missed ' .. group)
end
return all
