-- (after pledge_common.lua) A text that clearly says yes, or that the person cannot come: to what? Yes is a pledge where the last thing that we
-- said to them names a session (a campaign's offer, an automatic answer), not long ago; the other ends the pledge that we texted them about last.
--
-- ARGV  1 prefix   2 now [wall ms]   3 conversation   4 yes | cant   5 an offer is young so long [ms]   6 pledges of a session at most   7 of a
--       person   8 which message it was: each does it once
-- Returns {} or what make and cancel say, with the session behind it.
local KNOWN_MS = 8 * DAY_MS -- longer than a provider repeats
local c = redis.call('HMGET', P .. 'conv:' .. ARGV[3], 'number', 'group', 'campaign', 'gateway', 'sender', 'last_out_ms', 'name', 'named', 'named_ms', 'named_after')
local person = c[1]
if not person then return {} end

-- Young, and nobody of ours has written since: then the yes would be theirs.
local function stands(since) return NOW - since <= tonumber(ARGV[5]) and tonumber(c[6] or '0') <= since end

-- Of a campaign whose text named a session to each: store/place/offer.lua.
local function offered()
  local id, number = c[3] or '0', tonumber(person)
  local launched = tonumber(redis.call('ZSCORE', P .. 'campaigns', id) or '0')
  if not number or launched == 0 then return nil end
  local campaign = redis.call('HMGET', P .. 'c:' .. id, 'start_ms', 'audience')
  if not stands(math.max(launched, tonumber(campaign[1] or '0'))) then return nil end
  local audience = P .. 'a:' .. (campaign[2] or '0')
  local buckets = tonumber(redis.call('HGET', audience, 'buckets') or '0')
  if buckets == 0 then return nil end
  local index = redis.call('HGET', audience .. ':x:' .. string.format('%d', number % buckets), person)
  local bytes = index and redis.call('GETRANGE', P .. 'c:' .. id .. ':near', index * 4, index * 4 + 3) or ''
  if #bytes < 4 then return nil end
  local session = struct.unpack('<I4', bytes) % 2147483648 -- more: they have pledged since
  if session > 0 then return string.format('%d', session), id, tonumber(index) end
end

-- What was named last: by an automatic answer (store/inbox/conv_auto.lua), unless another campaign has texted them since; or by the campaign.
local function yes_to()
  if not c[8] or c[10] ~= (c[3] or '') then return offered() end
  return stands(tonumber(c[9])) and c[8] or nil
end

-- The one that we texted them about last.
local function asked_about()
  local best, when
  for _, one in ipairs(pledges_of(person)) do
    local r = read(one.session, one.n)
    local s = r and OPEN[r.s] and decoded('sessions', one.session)
    if s and s['end'] > NOW and r.asked > (when or 0) then best, when = one, r.asked end
  end
  return best
end

local function with_session(said, session)
  said[2], said[3], said[4], said[5] = said[2] or 0, said[3] or '', said[4] or '', tonumber(session)
  return said
end

local said_before = P .. 'pledge:said:' .. ARGV[8]
if redis.call('EXISTS', said_before) == 1 then return {} end
local function once(said, session)
  redis.call('SET', said_before, session, 'PX', KNOWN_MS)
  return with_session(said, session)
end

if ARGV[4] == 'cant' then
  local one = asked_about()
  return one and once(cancel(one.session, one.n, 'the person', true), one.session) or {}
end
local session, campaign, index = yes_to()
if not session then return {} end
return once(make({session = session, person = person, group = c[2] or '', by = 'the person', way = 'text', name = c[7] or '', gateway = c[4] or '',
  sender = c[5] or '', campaign = campaign, index = index, bounds = {session = tonumber(ARGV[6]), person = tonumber(ARGV[7])}}), session)
