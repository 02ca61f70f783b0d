-- Records what became of recipients of one batch: answers to requests, receipts, a person's decision.
-- Moves that the law of the states (MAY) does not know are not made; the answer says what stands.
--
-- KEYS  1 campaign  2 ledger  3 details  4 leases  5 limiter of the gateway
-- ARGV  1 now [µs] or ""   2 cause: outcome | receipt | part | person   3 lease field   4 fence ("" = none)
--       5 first nibble   6 offsets from it, a byte each   7 states, a byte each
--       8 "" = nobody here is counted in the provider's queue; else: the most in its book, how long they take [µs],
--         and which of the recipients are counted (from 1), with blanks between
--       9 what a receipt says besides (told.lua), "" = nothing   10… details ("" = none)
-- Returns one hex digit per recipient: the state that it is in now; f: nobody is there, or the receipt is about a campaign
-- of another store; then b when the campaign is blocked because of it
local now = clock(ARGV[1])
local cause = ARGV[2]
-- An answer is the truth, however late. Until somebody takes the batch over what is in flight there is the caller's; from
-- then on it is unknown, which the answer settles, and moves nothing else.
if cause == 'outcome' and not lease_was_last_mine(KEYS[4], ARGV[3], ARGV[4]) then cause = 'late' end
local may = MAY[cause]
local told, blocked = told_read(ARGV[9]), ''
local first, offsets, states = tonumber(ARGV[5]), ARGV[6], ARGV[7]

-- The book of the provider's own queue (store/provider_queue.h): a sorted set {limiter}:queue of those that are counted, by
-- when the provider took them, until a receipt tells of them. A provider passes on in about the order in which it
-- took, so `front` (of the limiter), when those were taken that receipts tell of lately, tells the queue from what
-- will never be reported: who was taken half a window before the front is not in the queue any more.
local function queue_open(text)
  local book, numbers, counted, self = KEYS[5] .. ':queue', {}, {}, {}
  for n in string.gmatch(text, '%d+') do numbers[#numbers + 1] = tonumber(n) end
  local most, window = numbers[1], numbers[2]
  for i = 3, #numbers do counted[numbers[i]] = true end

  -- Passed on; a provider says `undelivered` of some without their having stood in its queue.
  local function advance(taken_at)
    local l = redis.call('HMGET', KEYS[5], 'front', 'heard')
    local front, heard = tonumber(l[1]), tonumber(l[2])
    if front and heard and math.abs(now - heard) <= 2 * window then
      front = front + (taken_at - front) / 8
    else
      front = taken_at -- after a silence
    end
    redis.call('HSET', KEYS[5], 'front', string.format('%.0f', front), 'heard', now)
    redis.call('ZREMRANGEBYSCORE', book, '-inf', front - window / 2)
  end
  function self.moved(i, who, from, to)
    if not counted[i] then return end
    if to == ACCEPTED then
      redis.call('ZADD', book, now, who)
      -- where no receipts come it must not grow
      redis.call('ZREMRANGEBYRANK', book, 0, -2 * most - 1)
    elseif from == ACCEPTED then
      local taken_at = tonumber(redis.call('ZSCORE', book, who))
      redis.call('ZREM', book, who)
      if taken_at and to ~= UNDELIVERED then advance(taken_at) end
    end
  end
  return self
end

local queue = ARGV[8] ~= '' and queue_open(ARGV[8])
local low, high = 255, 0
for i = 1, #offsets do
  local o = string.byte(offsets, i)
  low, high = math.min(low, o), math.max(high, o)
end
local ledger = ledger_open(KEYS[2], first + low, first + high)
local result, failed = {}, nil
for i = 1, #offsets do
  local at, to, detail = first + string.byte(offsets, i), string.byte(states, i), ARGV[9 + i]
  local from = ledger.get(at)
  local counts, known = true, true
  if told then counts, known = told_counts(told, KEYS[1], at, to) end
  if not counts and not known then
    from = HOLE
  elseif counts and from ~= to and may[from * 16 + to] then
    ledger.set(at, to)
    failed = told and to == UNDELIVERED and {at, from, detail}
    if queue then queue.moved(i, KEYS[1] .. ':' .. at, from, to) end
    if detail ~= '' then
      redis.call('HSET', KEYS[3], at, detail)
    elseif from >= 6 then
      redis.call('HDEL', KEYS[3], at)
    end
    from = to
  end
  result[i] = string.format('%x', from)
end
ledger.save(KEYS[1])
if failed then blocked = told_failed(told, KEYS[1], failed[1], failed[2], failed[3], now) or '' end
finish_if_done(KEYS[1], now)
return table.concat(result) .. blocked
