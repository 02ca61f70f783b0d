-- Notes about lists that were uploaded, and the rows that were left out of them: they live for a day, and anybody may stand
-- in them, so all of them go. One that is being read is written again, without the rows of before.
--
-- ARGV  1 prefix
local lists = ARGV[1] .. 'lists'
for _, id in ipairs(redis.call('ZRANGE', lists, 0, -1)) do
  local note = ARGV[1] .. 'list:' .. id
  redis.call('UNLINK', note, note .. ':r')
end
redis.call('UNLINK', lists)
