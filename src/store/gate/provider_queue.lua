-- The book of the provider's own queue (store/provider_queue.h): a sorted set {limiter}:queue of those that are counted, by
-- when the provider took them, until a receipt tells of them. A provider passes on in about the order in which it
-- took, so `front` (of the limiter), when those were taken that receipts tell of lately, tells the queue from what
-- will never be reported: who was taken half a window before the front is not in the queue any more.
--
-- Stands before gate.lua, which asks whether it is full, and record.lua, which says who moved. `most` is how many there may
-- be in it; QUEUE_SPAN is how long those take at the rate, the window.
local function provider_queue_open(most, now)
  local self, limiter, book, window = {}, KEYS[LIMITER], KEYS[LIMITER] .. ':queue', tonumber(ARGV[QUEUE_SPAN])

  local function youngest()
    return tonumber(redis.call('ZRANGE', book, -1, -1, 'WITHSCORES')[2])
  end

  -- Without receipts nobody knows: who has not been heard of for two windows, though they were waited for, holds nobody
  -- up until the next receipt.
  function self.is_full()
    if redis.call('ZCARD', book) < most then return false end
    local heard = tonumber(redis.call('HGET', limiter, 'heard'))
    if not heard then return false end
    if math.abs(now - math.max(heard, youngest())) <= 2 * window then return true end
    redis.call('HDEL', limiter, 'heard')
    redis.call('DEL', book)
    return false
  end

  -- Passed on; a provider says `undelivered` of some without their having stood in its queue.
  local function advance(taken_at)
    local l = redis.call('HMGET', limiter, 'front', 'heard')
    local front, heard = tonumber(l[1]), tonumber(l[2])
    if front and heard and math.abs(now - heard) <= 2 * window then
      front = front + (taken_at - front) / 8
    else
      front = taken_at -- after a silence
    end
    redis.call('HSET', limiter, 'front', string.format('%.0f', front), 'heard', now)
    redis.call('ZREMRANGEBYSCORE', book, '-inf', front - window / 2)
  end

  function self.moved(who, from, to)
    if to == ACCEPTED then
      redis.call('ZADD', book, now, who)
      -- where no receipts come it must not grow
      redis.call('ZREMRANGEBYRANK', book, 0, -2 * most - 1)
    elseif from == ACCEPTED then
      local taken_at = tonumber(redis.call('ZSCORE', book, who))
      redis.call('ZREM', book, who)
      if taken_at and to ~= UNDELIVERED then advance(taken_at) end
    elseif from == IN_FLIGHT and to > ACCEPTED and to < UNDELIVERED then
      -- A receipt that came before our own record of the response: it would stand behind the youngest.
      advance(youngest() or now)
    end
  end
  return self
end
