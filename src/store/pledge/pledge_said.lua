-- (after pledge_common.lua, pledge_named.lua) A text that clearly says yes, or that the person cannot come: to what? Yes is a pledge where the last thing that we
-- said to them names a session (a campaign's offer, an automatic answer), not long ago; the other ends the pledge that we texted them about last.
--
-- ARGV  1 prefix   2 now [wall ms]   3 conversation   4 yes | cant   5 an offer is young so long [ms]   6 pledges of a session at most   7 of a
--       person   8 which message it was: each does it once
-- Returns {} or what make and cancel say, with the session behind it.
local KNOWN_MS = 8 * DAY_MS -- longer than a provider repeats
local c = redis.call('HMGET', P .. 'conv:' .. ARGV[3], 'number', 'group', 'gateway', 'sender', 'last_out_ms', 'name')
local person = c[1]
if not person then return {} end

-- Young, and nobody of ours has written since: then the yes would be theirs.
local function stands(since) return NOW - since <= tonumber(ARGV[5]) and tonumber(c[5] or '0') <= since end

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
local session, named_ms, campaign, index = named_last(ARGV[3], person)
if not session or not stands(named_ms) then return {} end
return once(make({session = session, person = person, group = c[2] or '', by = 'the person', way = 'text', name = c[6] or '', gateway = c[3] or '',
  sender = c[4] or '', campaign = campaign, index = index, bounds = {session = tonumber(ARGV[6]), person = tonumber(ARGV[7])}}), session)
