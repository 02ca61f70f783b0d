-- Chooses the blocks of a campaign that go onto the queue now and reserves them, before they are published: each is
-- then outstanding until its batch ends, whatever happens in between. One that is outstanding for long, and that
-- nobody holds a lease on, was lost on the way (a crash before it was published, a queue that forgot): it is chosen
-- again. A batch that travels twice is harmless, the ledger knows who is settled.
--
-- A block of which only a few people are left, who have to wait (a pair that had too many, a provider that was busy), is
-- not counted, or a few of them would hold up everybody behind them. The dispatcher that has it says so (c:{id}:w).
--
-- What a block may cost is spent here, if all budgets suffice for all of it (purse.lua). Otherwise it stays where it is, and those
-- who are on their way end first: they may give something back.
--
-- KEYS  1 campaign  2 outstanding blocks: block → reserved at [ms]  3 kept blocks  4 leases
-- ARGV  1 now [µs] or ""   2 how many may be outstanding   3 after this long one may be lost [ms], 0 = not now
--       4 the month ("2026-11")   5 what the organisation may spend in it ("120.50 GBP"), "" = any
-- Returns {the block numbers} and, when nobody is on the way and a budget does not suffice for those who are next: which
--      (campaign, group, organisation), what is spent of it, how much it is, what they may cost [millionths], its currency,
--      what all who wait may cost, and the campaign's own currency
local AGAIN_PEOPLE = 256
local SET_BACK_MS = 60000 -- a clock that is set back by less is waited for
local LOST_MAX = 16 -- CAMPAIGN_LOST_MAX of store/release.h
local WAITING_MAX = 64 -- beyond, they count: a dispatcher has room for 128 blocks at least, of all campaigns of a lane
local now = clock(ARGV[1])
local now_ms, target, lost_ms = math.floor(now / 1000), tonumber(ARGV[2]), tonumber(ARGV[3])
local c = redis.call('HMGET', KEYS[1], 'status', 'next', 'blocks', 'rested_ms')
if c[1] ~= CAMPAIGN_RUNNING then return {{}} end
finish_if_done(KEYS[1], now)
local chosen = {}
local waiting = waiting_key(KEYS[1])
local function choose(block)
  chosen[#chosen + 1] = tonumber(block)
  redis.call('ZADD', KEYS[2], now_ms, block)
  redis.call('SREM', waiting, block)
end
local function outstanding()
  local n = redis.call('SCARD', waiting)
  if n > 0 then n = math.min(redis.call('ZINTERCARD', 2, KEYS[2], waiting), WAITING_MAX) end
  return redis.call('ZCARD', KEYS[2]) - n
end

local function choose_lost(from, to)
  for _, block in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], from, to, 'LIMIT', 0, LOST_MAX - #chosen)) do
    local l = lease_read(KEYS[4], block)
    local held = l and l.expires > now and l.expires < now + lost_ms * 1000
    if held then redis.call('ZADD', KEYS[2], now_ms, block) else choose(block) end
  end
end
if lost_ms > 0 then
  choose_lost('-inf', now_ms - lost_ms)
  choose_lost(now_ms + lost_ms, '+inf') -- Redis' clock was set back since: nobody waits until it is there again
end
-- They were put to rest by a clock that was ahead: by the time that it is, the hours of today may be open still.
if tonumber(c[4] or '0') > now_ms + SET_BACK_MS then
  for _, block in ipairs(redis.call('ZRANGE', hours_key(KEYS[1]), 0, -1)) do redis.call('SADD', KEYS[3], block) end
  redis.call('DEL', hours_key(KEYS[1]))
  redis.call('HDEL', KEYS[1], 'rested_ms')
  hours_changed(KEYS[1])
end
-- One whose hours have come. Until then a block costs nothing: it is looked for by its time.
local function opened()
  local key = hours_key(KEYS[1])
  local block = redis.call('ZRANGEBYSCORE', key, '-inf', now_ms, 'LIMIT', 0, 1)[1]
  if not block then return nil end
  redis.call('ZREM', key, block)
  hours_changed(KEYS[1])
  return block
end
-- Whom the provider did not send to before the campaign was resumed, for no fault of theirs: they come last, so that a
-- resume does not begin with those whom it met before. One bounded step; false: there is nobody left.
local function send_again()
  local until_ms = redis.call('HGET', KEYS[1], 'again')
  if not until_ms then return false end
  local people = redis.call('ZRANGEBYSCORE', again_key(KEYS[1]), '-inf', until_ms, 'LIMIT', 0, AGAIN_PEOPLE)
  if #people == 0 then
    redis.call('HDEL', KEYS[1], 'again')
    finish_if_done(KEYS[1], now)
    return false
  end
  local stamp, ledgers, bad = redis.call('HGET', KEYS[1], 'stamp'), {}, 0
  for _, member in ipairs(people) do
    local i = tonumber(member)
    local b = math.floor(i / 256)
    ledgers[b] = ledgers[b] or ledger_open(KEYS[1] .. ':l', b * 256, b * 256 + 255)
    local from = ledgers[b].get(i)
    if MAY.again[from * 16 + PENDING] then
      ledgers[b].set(i, PENDING)
      if from == UNDELIVERED then
        bad = bad + 1
        redis.call('HSET', granted_key(KEYS[1]), i, 1)
      end
      redis.call('HDEL', KEYS[1] .. ':d', i)
      redis.call('HSET', KEYS[1] .. ':a', i, stamp)
      redis.call('SADD', KEYS[3], b)
    end
    redis.call('ZREM', again_key(KEYS[1]), member)
  end
  for b, ledger in pairs(ledgers) do
    ledger.save(KEYS[1])
    money_settle(KEYS[1], b)
  end
  if bad > 0 then redis.call('HINCRBY', KEYS[1], 'seen_bad', -bad) end
  again_changed(KEYS[1])
  return true
end
local next_block, blocks = tonumber(c[2]), tonumber(c[3])
local purse, short = purse_open(KEYS[1], ARGV[4], ARGV[5]), nil
-- False: it does not suffice for that block.
local function paid(block)
  short = purse and purse.take(block)
  if not short then choose(block) end
  return not short
end
local function release_next()
  local kept = redis.call('SPOP', KEYS[3]) or opened()
  if kept then
    if not paid(kept) then redis.call('SADD', KEYS[3], kept) end
  elseif next_block < blocks then
    if paid(next_block) then next_block = next_block + 1 end
  else
    return send_again()
  end
  return not short
end
while outstanding() < target and release_next() do end
redis.call('HSET', KEYS[1], 'next', next_block)
local opens_ms = tonumber(redis.call('HGET', KEYS[1], 'opens_ms') or '0')
if opens_ms > now_ms then look_at(KEYS[1], opens_ms) end
if short and #chosen == 0 and redis.call('ZCARD', KEYS[2]) == 0 then
  local m = redis.call('HMGET', KEYS[1], 'price', 'spent', 'spent_twice', 'currency')
  local rest = tonumber(m[1] or '0') - tonumber(m[2] or '0') + tonumber(m[3] or '0')
  short[6], short[7] = string.format('%.0f', math.max(rest, tonumber(short[4]))), m[4]
  return {chosen, unpack(short)}
end
return {chosen}
