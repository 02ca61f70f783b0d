-- Makes the ledger of a new campaign, some blocks at a time: a nibble per recipient, holes where a block of
-- the audience is not full. When the last block stands the campaign starts, or waits for its time; one
-- that was paused meanwhile stays paused, and one that waits for a second person goes on waiting. One that was cancelled or
-- expired before gets the rest of its ledger, too: everybody in it is cancelled or expired, and the report has a row for each.
--
-- KEYS  1 campaign  2 ledger
-- ARGV  1 key prefix of the audience's blocks ("muster:a:7:b:")   2 blocks per step
-- Returns {blocks made, blocks in all, status}
local FIRST = {[CAMPAIGN_PROPOSED] = PENDING, [CAMPAIGN_PREPARING] = PENDING, [CAMPAIGN_PAUSED] = PENDING,
  [CAMPAIGN_CANCELLED] = CANCELLED, [CAMPAIGN_EXPIRED] = EXPIRED}
local c = redis.call('HMGET', KEYS[1], 'status', 'made', 'blocks', 'of', 'only')
local state = FIRST[c[1] or '']
local made, blocks, people = tonumber(c[2] or 0), tonumber(c[3] or 0), 0
if not state or made == blocks then return {made, blocks, c[1] or 'gone'} end
local last = math.min(blocks, made + tonumber(ARGV[2]))
-- All is read before anything is written: a script that fails halfway is not undone.
local heads = {}
for b = made, last - 1 do
  heads[b] = redis.call('GETRANGE', ARGV[1] .. b, 6, 7)
  if #heads[b] ~= 2 then
    -- Nobody knows any more who these were: what is over is over without them.
    if state ~= PENDING then redis.call('HSET', KEYS[1], 'blocks', made) end
    return {made, blocks, 'missing'}
  end
end
-- Only those who stood in another campaign in one of some states: `only` has a bit for each; the others are holes.
local only = tonumber(c[5] or '0')
local earlier = only > 0 and string.gsub(KEYS[1], 'c:%d+$', 'c:' .. c[4] .. ':l')
if earlier and redis.call('EXISTS', earlier) == 0 then return {made, blocks, 'missing'} end
-- Whom the earlier one surely did not reach has a contact of it that counts no more: the gate judges them without it
-- (rules/cap.lua). Once for each of them, whichever campaign asks first: a bit beside the earlier one keeps that.
local earlier_campaign = earlier and string.sub(earlier, 1, -3)
local since = earlier and redis.call('HGET', earlier_campaign, 'cap') ~= 'exempt' and running_since(earlier_campaign) or 0
local function give_back(i)
  if since > 0 and redis.call('SETBIT', earlier_campaign .. ':c', i, 1) == 0 then
    redis.call('HSET', granted_key(KEYS[1]), i, since)
  end
end
local function block_of(b, rows)
  local ledger, bytes, n = redis.call('GETRANGE', earlier, b * 128, b * 128 + 127), {}, 0
  local function nibble(row)
    local byte = row < rows and string.byte(ledger, (row - row % 2) / 2 + 1) or 255
    local was = row % 2 == 0 and byte % 16 or (byte - byte % 16) / 16
    if was == HOLE or math.floor(only / 2 ^ was) % 2 == 0 then return HOLE end
    n = n + 1
    if was == UNDELIVERED then give_back(256 * b + row) end
    return state
  end
  for i = 0, 127 do
    local low = nibble(2 * i)
    bytes[i + 1] = string.char(low + 16 * nibble(2 * i + 1))
  end
  return table.concat(bytes), n
end
for b = made, last - 1 do
  local head = heads[b]
  local rows = string.byte(head, 1) + 256 * string.byte(head, 2)
  local nibbles, n
  if earlier then
    nibbles, n = block_of(b, rows)
  else
    nibbles, n = string.rep(string.char(state * 17), math.floor(rows / 2)), rows
    if rows % 2 == 1 then nibbles = nibbles .. string.char(15 * 16 + state) end
  end
  people = people + n
  redis.call('SETRANGE', KEYS[2], b * 128, nibbles .. string.rep('\255', 128 - #nibbles))
end
redis.call('HINCRBY', KEYS[1], 'n' .. state, people)
redis.call('HINCRBY', KEYS[1], 'total', people)
redis.call('HSET', KEYS[1], 'made', last)
if last == blocks and c[1] == CAMPAIGN_PREPARING then
  redis.call('HSET', KEYS[1], 'status', CAMPAIGN_SCHEDULED)
  tell_status(KEYS[1], CAMPAIGN_SCHEDULED)
  return {last, blocks, CAMPAIGN_SCHEDULED}
end
return {last, blocks, c[1]}
