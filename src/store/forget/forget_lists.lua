-- Notes about lists that were uploaded, and the rows that were left out of them: they live for a day, and anybody may stand
-- in them, so all of them go. One that is being read is written again, without the rows of before.
--
-- ARGV  1 prefix   2… what the person is called
local lists = ARGV[1] .. 'lists'
for _, id in ipairs(redis.call('ZRANGE', lists, 0, -1)) do
  local note = ARGV[1] .. 'list:' .. id
  redis.call('UNLINK', note, note .. ':r')
end
redis.call('UNLINK', lists)

-- What undoing a batch of opt-outs would lift (store/suppress_batch.h): that the person must not be texted stays, so they go out of it.
-- What waits to be set lives for a day, and becomes what stays.
local function leave_batches(scope)
  for _, id in ipairs(redis.call('ZRANGE', ARGV[1] .. 'optouts:batches:' .. scope, 0, -1)) do
    local set = ARGV[1] .. 'optouts:batch:' .. id .. ':set'
    redis.call('SREM', set, unpack(ARGV, 2))
    redis.call('SREM', set .. ':now', unpack(ARGV, 2))
  end
end
for _, scope in ipairs(redis.call('SMEMBERS', ARGV[1] .. 'suppress:scopes')) do leave_batches(scope) end

-- What they agreed to (store/consent.h). That they took something back stays: it keeps texts from them.
for i = 2, #ARGV do
  local number = tonumber(ARGV[i])
  if number then redis.call('HDEL', ARGV[1] .. 'consent:p:' .. string.format('%d', number % 16384), ARGV[i]) end
end
