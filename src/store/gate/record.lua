-- Records what became of recipients of one batch: responses to requests, receipts, a person's decision.
-- Moves that the law of the states (MAY) does not know are not made; the reply says what stands.
--
-- KEYS, ARGV: store/gate/names.h
-- Returns {one hex digit per recipient: the state that it is in now; NOBODY: also when the receipt is about a campaign of
-- another store; then BLOCKED when the campaign is blocked because of it, ENDED when the batch ended; the mark or 0:
-- nobody was moved}
local now = clock(ARGV[NOW])
local cause = ARGV[CAUSE]
-- A response is the truth, however late. Until somebody takes the batch over what is in flight there is the caller's; from
-- then on it is unknown, which the response settles, and moves nothing else.
if cause == 'outcome' and not lease_was_last_mine(KEYS[LEASES], ARGV[FIELD], ARGV[FENCE]) then cause = 'late' end
local may = MAY[cause]
local told, blocked = told_read(ARGV[TOLD]), ''
local first = tonumber(ARGV[FIRST])
local offsets, states = {string.byte(ARGV[OFFSETS], 1, -1)}, {string.byte(ARGV[STATES], 1, -1)}

local queue, counted = nil, {} -- of the provider; who counts there
for n in string.gmatch(ARGV[COUNTED], '%d+') do
  queue = queue or provider_queue_open(tonumber(ARGV[QUEUE_FULL]), now)
  counted[tonumber(n)] = true
end
local low, high = math.min(unpack(offsets)), math.max(unpack(offsets))
local ends = ARGV[COUNT] ~= '' and cause == 'outcome'
if ends then low, high = 0, tonumber(ARGV[COUNT]) - 1 end
local ledger = ledger_open(KEYS[LEDGER], first + low, first + high)
local reasons, stands, failed, moved = #ARGV - REASONS + 1, {}, nil, false
local paid = false -- somebody costs something now who did not, or the other way

-- Somebody of a campaign was surely not texted: that contact counts no more. Whom a campaign texts that is exempt may have had
-- more contacts than the book knows (an older one went for the new): there they all stand.
local book, sinces = nil, {}
if ARGV[PRINTS] ~= '' and redis.call('HGET', KEYS[CAMPAIGN], 'cap') ~= 'exempt' then
  book = contacts_open(KEYS[CONTACTS], ARGV[PRINTS], math.floor(now / 60000000))
  for since in string.gmatch(ARGV[SINCES], '%d+') do sinces[#sinces + 1] = tonumber(since) end
end

-- What the provider told that it cost: of those who come to their end now, and so once.
local ENDS, costs = {[DELIVERED] = true, [READ] = true, [UNDELIVERED] = true}, nil
for i, cost, parts in string.gmatch(ARGV[COSTS], '(%d+) (%d+) (%d+)') do
  costs = costs or {}
  costs[tonumber(i)] = {cost, parts}
end
local function note_cost(i, from, to)
  if not costs[i] or ENDS[from] or not ENDS[to] then return end
  for k, name in ipairs({'told_cost', 'told_parts'}) do
    if costs[i][k] ~= '0' then
      redis.call('HINCRBY', KEYS[CAMPAIGN], name, costs[i][k])
      redis.call('HINCRBY', KEYS[CAMPAIGN], name .. '_of', 1)
    end
  end
end

local function move(i, at, from, to)
  local reason = i <= reasons and ARGV[REASONS + i - 1] or ''
  moved = true
  paid = paid or UNPAID[from] ~= UNPAID[to]
  if book and sinces[i] > 0 then contacts_take_back(book, i, sinces[i]) end
  if costs then note_cost(i, from, to) end
  ledger.set(at, to)
  if told and to == UNDELIVERED then failed = {at, from, reason} end
  if counted[i] then queue.moved(KEYS[CAMPAIGN] .. ':' .. at, from, to) end
  if reason ~= '' then
    redis.call('HSET', KEYS[DETAILS], at, reason)
  elseif from >= UNDELIVERED then
    redis.call('HDEL', KEYS[DETAILS], at)
  end
end

for i = 1, #offsets do
  local at, to = first + offsets[i], states[i]
  local from, counts, known, as = ledger.get(at), true, true, nil
  if told then counts, known, as = told_counts(told, KEYS[CAMPAIGN], at, from, to) end
  if not counts and not known then
    from = HOLE
  elseif counts and from ~= to and may[16 * (as or from) + to] then
    move(i, at, from, to)
    from = to
  end
  stands[i] = from
end
ledger.save(KEYS[CAMPAIGN])
if book then contacts_save(book) end
if failed then blocked = told_failed(told, KEYS[CAMPAIGN], failed[1], failed[2], failed[3], now) or '' end
for at = first + low, first + high do
  ends = ends and ledger.get(at) ~= PENDING and ledger.get(at) ~= IN_FLIGHT
end
if ends then
  lease_end(KEYS[LEASES], ARGV[FIELD], KEYS[OUTSTANDING], ARGV[BLOCK])
  look_at(KEYS[CAMPAIGN], 0)
end
-- As long as the caller has the batch, its end says what it was.
if ends or (paid and cause ~= 'outcome') then money_settle(KEYS[CAMPAIGN], math.floor(first / 256)) end
finish_if_done(KEYS[CAMPAIGN], now)
return {string.format(string.rep('%x', #stands), unpack(stands)) .. blocked .. (ends and ENDED or ''),
  moved and mark_move(KEYS[STORE]) or 0}
