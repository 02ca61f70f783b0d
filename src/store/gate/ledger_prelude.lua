-- Stands before every ledger script, after the states and MAY (core/state.c). A ledger is a string of
-- nibbles: recipient i is in byte i/2, the even one in the low half. Nibble 15 is a hole: nobody is there.
local HOLE = 15

-- [µs] The tests own the clock: an argument, the first of every script here, wins over Redis' own time. Redis' time is the
-- one time of all dispatchers, so a dispatcher with a wrong clock breaks nothing.
local function clock(arg)
  local given = tonumber(arg)
  if given then return given end
  local t = redis.call('TIME')
  return t[1] * 1000000 + t[2]
end

-- The unknown of a campaign stand in a sorted set beside it, by since when [wall ms]; the campaign itself says since
-- when the oldest one is. Every script that moves the unknown gets the time as its first argument.
local function unknown_key(campaign) return campaign .. ':u' end

local function unknown_changed(campaign, joined, left)
  local key, now_ms = unknown_key(campaign), math.floor(clock(ARGV[1]) / 1000)
  for _, i in ipairs(joined) do redis.call('ZADD', key, now_ms, i) end
  for _, i in ipairs(left) do redis.call('ZREM', key, i) end
  local oldest = redis.call('ZRANGEBYSCORE', key, '-inf', '+inf', 'LIMIT', 0, 1)[1]
  if oldest then
    redis.call('HSET', campaign, 'unknown_since_ms', redis.call('ZSCORE', key, oldest))
  else
    redis.call('HDEL', campaign, 'unknown_since_ms')
  end
end

-- The blocks that wait for allowed hours stand in a sorted set beside the campaign, by when the first of their people may
-- be texted [wall ms]; the campaign itself says when the first of them goes on, and when the last of them was put there (rested_ms).
local function hours_key(campaign) return campaign .. ':h' end

local function hours_changed(campaign)
  local key = hours_key(campaign)
  local first = redis.call('ZRANGEBYSCORE', key, '-inf', '+inf', 'LIMIT', 0, 1)[1]
  if first then
    redis.call('HSET', campaign, 'opens_ms', redis.call('ZSCORE', key, first))
  else
    redis.call('HDEL', campaign, 'opens_ms')
  end
end

-- Whom the provider refused, or did not deliver to, for a reason that has nothing to do with them: a sorted set beside the
-- campaign, by when; it has them sent to again when it is resumed (reserve.lua). The campaign itself says how many.
local function again_key(campaign) return campaign .. ':r' end

local function again_changed(campaign)
  redis.call('HSET', campaign, 'can_again', redis.call('ZCARD', again_key(campaign)))
end

-- Behind those whom a resume has sent to again at this moment, also when Redis' clock was set back since: for whoever joins
-- now, nobody has said yet that they may be.
local function again_add(campaign, indexes, now)
  local resumed_ms = tonumber(redis.call('HGET', campaign, 'again') or '0')
  local at_ms = math.max(math.floor(now / 1000), resumed_ms + 1)
  for _, i in ipairs(indexes) do redis.call('ZADD', again_key(campaign), at_ms, i) end
  again_changed(campaign)
end

-- Who is pending and has been texted before, or may have been: a hash beside the campaign, by their index. Their contact stands
-- in the book of contacts (cap/contacts.lua) until there is another. The value: 1, since it is of this campaign; or since when
-- it may be [minutes since 1970], when an earlier campaign did not reach them (campaign_grow.lua).
local function granted_key(campaign) return campaign .. ':g' end

local function running_since(campaign) return math.floor(tonumber(redis.call('HGET', campaign, 'first_running_ms') or '0') / 60000) end

-- Which of these stand there (who it is, from 1 → their index), and since when the contact may be [minutes since 1970].
local function granted_people(campaign, first, offsets)
  local people, since, key = {}, {}, granted_key(campaign)
  if redis.call('EXISTS', key) == 0 then return people, since end
  local indexes = {string.byte(offsets, 1, -1)}
  for i = 1, #indexes do indexes[i] = first + indexes[i] end
  local found = redis.call('HMGET', key, unpack(indexes))
  local own = running_since(campaign)
  for i = 1, #indexes do
    if found[i] then people[i], since[i] = indexes[i], found[i] == '1' and own or tonumber(found[i]) end
  end
  return people, since
end

-- The blocks of which only a few people are left, who have to wait: a set; what of it is outstanding does not count.
local function waiting_key(campaign) return campaign .. ':w' end

-- The nibbles first..last of a ledger, to read and change; save() writes back what changed. offers_apart: what that means for the
-- sessions that people were told of is the caller's to count (place/offer.lua).
local function ledger_open(key, first, last, offers_apart)
  local from = math.floor(first / 2)
  local bytes = {string.byte(redis.call('GETRANGE', key, from, math.floor(last / 2)), 1, -1)}
  local states = {} -- by nibble
  local at = 2 * from
  for i = 1, #bytes do
    local b = bytes[i]
    local low = b % 16
    states[at], states[at + 1] = low, (b - low) / 16
    at = at + 2
  end
  local moves = {} -- how many from where to where: 16 * was + to
  local joined, left = {}, {} -- the unknown
  local self = {}
  function self.get(i) return states[i] or HOLE end
  function self.set(i, to)
    local was = states[i]
    local move = 16 * was + to
    states[i], moves[move] = to, (moves[move] or 0) + 1
    if to == UNKNOWN then joined[#joined + 1] = i elseif was == UNKNOWN then left[#left + 1] = i end
  end
  -- The counters move with the nibbles, in the same script: that is why the totals always add up.
  function self.save(campaign)
    if not next(moves) then return end
    if not offers_apart and offer.is_about(moves) and offer.has(campaign) then
      offer.moved(campaign, offer.steps(from, bytes, states))
    end
    local at = 2 * from
    for i = 1, #bytes do
      bytes[i] = states[at] + 16 * states[at + 1]
      at = at + 2
    end
    redis.call('SETRANGE', key, from, string.char(unpack(bytes)))
    local counts = {}
    for move, n in pairs(moves) do
      local to = move % 16
      local was = (move - to) / 16
      counts[was], counts[to] = (counts[was] or 0) - n, (counts[to] or 0) + n
    end
    for state, n in pairs(counts) do
      if n ~= 0 then redis.call('HINCRBY', campaign, 'n' .. state, n) end
    end
    if #joined > 0 or #left > 0 then unknown_changed(campaign, joined, left) end
  end
  return self
end

-- A running campaign with nobody pending or in flight is over, unless some are to be sent to again. The direct book
-- (campaign 0) never is. Where the deadline came first for somebody, it ended the campaign: the last batch tells so, too,
-- when it is quicker than the release.
local function finish_if_done(campaign, now)
  local c = redis.call('HMGET', campaign, 'status', 'n0', 'n1', 'n' .. EXPIRED, 'endless', 'again')
  if c[1] ~= CAMPAIGN_RUNNING or c[2] ~= '0' or c[3] ~= '0' or c[5] or c[6] then return end
  local now_ms = math.floor(now / 1000)
  if tonumber(c[4] or '0') > 0 then
    redis.call('HSET', campaign, 'status', CAMPAIGN_EXPIRED, 'expired_ms', now_ms, 'status_by', 'release',
      'status_why', 'the deadline passed')
  else
    redis.call('HSET', campaign, 'status', CAMPAIGN_DONE, 'done_ms', now_ms)
  end
  look_at(campaign, 0)
  tell_status(campaign, redis.call('HGET', campaign, 'status'))
end

-- Whether this lease is still the caller's. Value: "instance boot fence expires_us".
local function lease_read(key, field)
  local v = redis.call('HGET', key, field)
  if not v then return nil end
  local instance, boot, fence, expires = string.match(v, '^(%S+) (%S+) (%S+) (%S+)$')
  return {instance = instance, boot = boot, fence = fence, expires = tonumber(expires)}
end

local function lease_is_mine(key, field, fence, now)
  local l = lease_read(key, field)
  return l ~= nil and l.fence == fence and now < l.expires
end

-- It is given up: nobody holds the batch, and it is not outstanding.
local function lease_end(leases, field, outstanding, block)
  redis.call('HDEL', leases, field)
  if block ~= '' then redis.call('ZREM', outstanding, block) end
end

-- Whether nobody has taken it since, though its time may be over.
local function lease_was_last_mine(key, field, fence)
  local l = lease_read(key, field)
  return l ~= nil and l.fence == fence
end
