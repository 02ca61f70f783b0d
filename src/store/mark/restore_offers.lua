-- (after offer.lua) The sessions that a process' journal knows people were told of, for restore_people.lua: whoever was granted after the copy
-- was made may come, though the store knows nothing of it. Without that, a place would be offered to more people than it has room for.
local function offer_given(i) return offer.u32(ARGV[OFFERS], 4 * (i - 1) + 1) end

-- by: 1 or -1 of those who were told of it. Not of one that is long over.
local function offer_count(prefix, session, by)
  local id = string.format('%d', session)
  if redis.call('HEXISTS', prefix .. 'sessions', id) == 0 then return end
  offer.count(prefix, id, by)
  offer.tell(prefix, id)
end

-- Before their state is moved from `from`: what that move means is counted with the session that stands here.
local function offer_bring(i, index, from)
  local session, key, prefix = offer_given(i), offer.key(KEYS[CAMPAIGN]), offer.prefix(KEYS[CAMPAIGN])
  local was = offer.u32(redis.call('GETRANGE', key, 4 * index, 4 * index + 3), 1)
  if session == 0 or was == session or was >= offer.PLEDGED then return end
  redis.call('SETRANGE', key, 4 * index, struct.pack('<I4', session))
  redis.call('HSET', KEYS[CAMPAIGN], 'near', '1')
  if offer.is_told(from) then
    if was > 0 then offer_count(prefix, was, -1) end
    offer_count(prefix, session, 1)
  else
    offer_count(prefix, session, 0) -- it is known, also where nobody had been told of it
  end
end

-- Of a campaign that the store does not know: they count once, whoever brings them how often, and as long as the session is there.
local function offers_of_lost(offsets, first)
  if ARGV[OFFERS] == '' then return end
  local id, prefix = ARGV[CAMPAIGN_ID] .. ':' .. ARGV[STAMP], offer.prefix(KEYS[CAMPAIGN])
  redis.call('SADD', KEYS[TOUCHED], id)
  for i = 1, #offsets do
    local session = offer_given(i)
    if session > 0 and redis.call('HSETNX', KEYS[TOUCHED] .. ':' .. id, 'told ' .. first + offsets[i], session) == 1 then
      offer_count(prefix, session, 1)
    end
  end
end
