-- Numbers of a batch that nothing is done with yet: somebody is asked first.
--
-- ARGV  1 prefix   2 batch   3 scope   4 now [wall ms]   5 who   6 reason   7 evidence   8 how long it waits [ms]
--       9 numbers at most   10 batches of a scope at most   11… numbers
-- Returns {numbers so far, how many of them must not be texted already}, or
-- other: the batch is of another scope | over: it was decided about | many: it would be too large
local prefix, id, scope, now = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local root, list = prefix .. 'optouts:batch:', prefix .. 'optouts:batches:' .. scope
local batch = root .. id
local was = redis.call('HMGET', batch, 'scope', 'state')
if was[1] and was[1] ~= scope then return 'other' end
if was[1] and was[2] ~= 'asked' then return 'over' end
if redis.call('SCARD', batch .. ':new') + #ARGV - 10 > tonumber(ARGV[9]) then return 'many' end

local function drop(old)
  local b = root .. old
  redis.call('UNLINK', b, b .. ':new', b .. ':new:now', b .. ':set', b .. ':set:now')
  redis.call('ZREM', list, old)
end

if not was[1] then
  redis.call('HSET', batch, 'scope', scope, 'state', 'asked', 'at_ms', now, 'by', ARGV[5], 'reason', ARGV[6], 'evidence', ARGV[7])
  redis.call('ZADD', list, now, id)
  for _, old in ipairs(redis.call('ZRANGE', list, 0, -1 - ARGV[10])) do drop(old) end
  if redis.call('PTTL', list) < tonumber(ARGV[8]) then redis.call('PEXPIRE', list, ARGV[8]) end
end
local standing = 0
for i = 11, #ARGV do
  if redis.call('SADD', batch .. ':new', ARGV[i]) == 1 then
    standing = standing + redis.call('HEXISTS', prefix .. 's:' .. scope, ARGV[i])
  end
end
local numbers = redis.call('SCARD', batch .. ':new')
standing = redis.call('HINCRBY', batch, 'standing', standing)
redis.call('HSET', batch, 'numbers', numbers)
redis.call('PEXPIRE', batch, ARGV[8])
redis.call('PEXPIRE', batch .. ':new', ARGV[8])
return {numbers, standing}
