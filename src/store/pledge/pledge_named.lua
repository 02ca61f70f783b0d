-- (after pledge_common.lua) Which session we named last to the person of a conversation. A part.

-- By a campaign whose text named one to each: store/place/offer.lua.
local function named_by(campaign, person)
  local number = tonumber(person)
  local launched = tonumber(redis.call('ZSCORE', P .. 'campaigns', campaign) or '0')
  if not number or launched == 0 then return nil end
  local c = redis.call('HMGET', P .. 'c:' .. campaign, 'start_ms', 'audience')
  local audience = P .. 'a:' .. (c[2] or '0')
  local buckets = tonumber(redis.call('HGET', audience, 'buckets') or '0')
  if buckets == 0 then return nil end
  local index = redis.call('HGET', audience .. ':x:' .. string.format('%d', number % buckets), person)
  local bytes = index and redis.call('GETRANGE', P .. 'c:' .. campaign .. ':near', index * 4, index * 4 + 3) or ''
  if #bytes < 4 then return nil end
  local session = struct.unpack('<I4', bytes) % 2147483648 -- more: they have pledged since
  if session > 0 then return string.format('%d', session), math.max(launched, tonumber(c[1] or '0')), campaign, tonumber(index) end
end

-- By an automatic answer (store/inbox/conv_auto.lua), unless another campaign has texted them since; or by the campaign. Returns the session, when
-- [wall ms], and whose text it was, if a campaign's: its id and their index. nil: none was.
local function named_last(conversation, person)
  local c = redis.call('HMGET', P .. 'conv:' .. conversation, 'campaign', 'named', 'named_ms', 'named_after')
  if c[2] and c[4] == (c[1] or '') then return c[2], tonumber(c[3]) end
  return named_by(c[1] or '0', person)
end
