-- Records what became of recipients of one batch: answers to requests, receipts, a person's decision.
-- Moves that the law of the states (MAY) does not know are not made; the answer says what stands.
--
-- KEYS, ARGV: store/gate/names.h
-- Returns one hex digit per recipient: the state that it is in now; NOBODY: also when the receipt is about a campaign of
-- another store; then BLOCKED when the campaign is blocked because of it
local now = clock(ARGV[NOW])
local cause = ARGV[CAUSE]
-- An answer is the truth, however late. Until somebody takes the batch over what is in flight there is the caller's; from
-- then on it is unknown, which the answer settles, and moves nothing else.
if cause == 'outcome' and not lease_was_last_mine(KEYS[LEASES], ARGV[FIELD], ARGV[FENCE]) then cause = 'late' end
local may = MAY[cause]
local told, blocked = told_read(ARGV[TOLD]), ''
local first, offsets, states = tonumber(ARGV[FIRST]), ARGV[OFFSETS], ARGV[STATES]

-- The book of the provider's own queue (store/provider_queue.h): a sorted set {limiter}:queue of those that are counted, by
-- when the provider took them, until a receipt tells of them. A provider passes on in about the order in which it
-- took, so `front` (of the limiter), when those were taken that receipts tell of lately, tells the queue from what
-- will never be reported: who was taken half a window before the front is not in the queue any more.
local function queue_open()
  local book, counted, self = KEYS[LIMITER] .. ':queue', {}, {}
  local most, window = tonumber(ARGV[QUEUE_FULL]), tonumber(ARGV[QUEUE_SPAN])
  for n in string.gmatch(ARGV[COUNTED], '%d+') do counted[tonumber(n)] = true end

  -- Passed on; a provider says `undelivered` of some without their having stood in its queue.
  local function advance(taken_at)
    local l = redis.call('HMGET', KEYS[LIMITER], 'front', 'heard')
    local front, heard = tonumber(l[1]), tonumber(l[2])
    if front and heard and math.abs(now - heard) <= 2 * window then
      front = front + (taken_at - front) / 8
    else
      front = taken_at -- after a silence
    end
    redis.call('HSET', KEYS[LIMITER], 'front', string.format('%.0f', front), 'heard', now)
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

local queue = ARGV[COUNTED] ~= '' and queue_open()
local low, high = 255, 0
for i = 1, #offsets do
  local o = string.byte(offsets, i)
  low, high = math.min(low, o), math.max(high, o)
end
local ledger = ledger_open(KEYS[LEDGER], first + low, first + high)
local result, failed = {}, nil
for i = 1, #offsets do
  local at, to, detail = first + string.byte(offsets, i), string.byte(states, i), ARGV[REASONS + i - 1] or ''
  local from = ledger.get(at)
  local counts, known = true, true
  if told then counts, known = told_counts(told, KEYS[CAMPAIGN], at, to) end
  if not counts and not known then
    from = HOLE
  elseif counts and from ~= to and may[from * 16 + to] then
    ledger.set(at, to)
    failed = told and to == UNDELIVERED and {at, from, detail}
    if queue then queue.moved(i, KEYS[CAMPAIGN] .. ':' .. at, from, to) end
    if detail ~= '' then
      redis.call('HSET', KEYS[DETAILS], at, detail)
    elseif from >= UNDELIVERED then
      redis.call('HDEL', KEYS[DETAILS], at)
    end
    from = to
  end
  result[i] = string.format('%x', from)
end
ledger.save(KEYS[CAMPAIGN])
if failed then blocked = told_failed(told, KEYS[CAMPAIGN], failed[1], failed[2], failed[3], now) or '' end
finish_if_done(KEYS[CAMPAIGN], now)
return table.concat(result) .. blocked
