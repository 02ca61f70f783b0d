-- The direct book: campaign 0, one index for each reply, confirmation and test message. (A part that is
-- put in front of other scripts.)

-- The state of an index of campaign `id`, 0…11, or 15 where nobody is. The low half of a byte is
-- the even index (ledger_prelude.lua).
local function ledger_state(prefix, id, index)
  local at = math.floor(index / 2)
  local byte = string.byte(redis.call('GETRANGE', prefix .. 'c:' .. id .. ':l', at, at)) or 255
  if index % 2 == 0 then return byte % 16 end
  return math.floor(byte / 16)
end

-- The last messages to one number, by when they were recorded: who looks one up at the provider must not take
-- another one for it.
local TO_KEPT, TO_KEPT_MS = 32, 9 * 86400000
local function direct_remember(prefix, now, index, fields)
  for i = 1, #fields, 2 do
    if fields[i] == 'to' then
      local key = prefix .. 'dmto:' .. fields[i + 1]
      redis.call('ZADD', key, now, index)
      redis.call('ZREMRANGEBYRANK', key, 0, -TO_KEPT - 1)
      redis.call('PEXPIRE', key, TO_KEPT_MS)
    end
  end
end

-- Allots the next index, pending in the ledger, and keeps the message's record. It stays in dm:pending
-- until the queue has it, so that a crash in between cannot lose it. Returns the index.
local function direct_allot(prefix, now, fields)
  local book = prefix .. 'c:0'
  local index = redis.call('HINCRBY', book, 'total', 1) - 1
  redis.call('HINCRBY', book, 'n0', 1)
  -- as in campaign_create.lua; a book that is older than stamps has none
  if index == 0 then
    redis.call('HSET', book, 'stamp', string.format('%.0f', (1 + tonumber(now) % 16777215) * 256))
  end
  if index % 256 == 0 then redis.call('SETRANGE', book .. ':l', index / 2, string.rep('\255', 128)) end
  -- indexes come in order: the odd half of the byte is still a hole when the even one is allotted
  redis.call('SETRANGE', book .. ':l', math.floor(index / 2), index % 2 == 0 and '\240' or
    string.char(ledger_state(prefix, 0, index - 1)))
  redis.call('HSET', prefix .. 'dm:' .. index, 'at', now, unpack(fields))
  redis.call('ZADD', prefix .. 'dm:pending', now, index)
  direct_remember(prefix, now, index, fields)
  return index
end
