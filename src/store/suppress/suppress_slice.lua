-- (A part.) Numbers of a batch, so many at a time. What a slice did is kept elsewhere, too, before it is settled; one that never
-- was is handed out again, and is told again.
--
-- `what`: new | set, which of the batch's sets; `settled`: the slice that is. Returns numbers, the slice's own number (of none: 0),
-- whether it was handed out before.
local function next_slice(batch, what, settled, n)
  local from = batch .. ':' .. what
  local slice, at = from .. ':now', redis.call('HGET', batch, what .. '_slice') or '0'
  if settled == at then redis.call('UNLINK', slice) end
  local numbers = redis.call('SMEMBERS', slice)
  if #numbers > 0 then return numbers, tonumber(at), true end
  numbers = redis.call('SPOP', from, n)
  if #numbers == 0 then return numbers, 0 end
  redis.call('SADD', slice, unpack(numbers))
  redis.call('PEXPIRE', slice, math.max(redis.call('PTTL', batch), 1))
  return numbers, redis.call('HINCRBY', batch, what .. '_slice', 1), false
end
