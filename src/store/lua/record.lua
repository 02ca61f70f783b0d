-- Records what became of recipients of one batch: answers to requests, receipts, a person's decision.
-- Moves that the law of the states (MAY) does not know are not made; the answer says what stands.
--
-- KEYS  1 campaign  2 ledger  3 details  4 leases
-- ARGV  1 now [µs] or ""   2 cause: outcome | receipt | person   3 lease field   4 fence ("" = none)
--       5 first nibble   6 offsets from it, a byte each   7 states, a byte each   8… details ("" = none)
-- Returns one hex digit per recipient: the state that it is in now
local now = clock(ARGV[1])
local cause = ARGV[2]
-- An answer is the truth, however late. Until somebody takes the batch over what is in flight there is the caller's; from
-- then on it is unknown, which the answer settles, and moves nothing else.
if cause == 'outcome' and not lease_was_last_mine(KEYS[4], ARGV[3], ARGV[4]) then cause = 'late' end
local may = MAY[cause]
local first, offsets, states = tonumber(ARGV[5]), ARGV[6], ARGV[7]
local low, high = 255, 0
for i = 1, #offsets do
  local o = string.byte(offsets, i)
  low, high = math.min(low, o), math.max(high, o)
end
local ledger = ledger_open(KEYS[2], first + low, first + high)
local result = {}
for i = 1, #offsets do
  local at, to, detail = first + string.byte(offsets, i), string.byte(states, i), ARGV[7 + i]
  local from = ledger.get(at)
  if from ~= to and may[from * 16 + to] then
    ledger.set(at, to)
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
finish_if_done(KEYS[1], now)
return table.concat(result)
