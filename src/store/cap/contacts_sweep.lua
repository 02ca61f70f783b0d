-- (after contacts.lua) Takes entries out of the book whose contacts are all older than a week: some buckets further, and round
-- again.
--
-- KEYS  1 the book of contacts
-- ARGV  1 now [µs] or ""   2 how many buckets
-- Returns how many entries went
local t = ARGV[1] == '' and redis.call('TIME')
local minute = math.floor((t and t[1] * 1000000 + t[2] or tonumber(ARGV[1])) / 60000000)
local head = redis.call('HMGET', KEYS[1], 'buckets', 'swept')
if not head[1] then return 0 end
local buckets, from = tonumber(head[1]), tonumber(head[2] or '0')
if from >= buckets then from = 0 end
local last, gone = math.min(from + tonumber(ARGV[2]), buckets) - 1, 0
for of = from, last do
  local text = redis.call('HGET', KEYS[1], of)
  local stay = text and contact_fresh(text, minute)
  if text and #stay < #text then
    gone = gone + (#text - math.max(#stay, 1)) / (5 + byte(text))
    if stay == '' then redis.call('HDEL', KEYS[1], of) else redis.call('HSET', KEYS[1], of, stay) end
  end
end
-- A zero with a minus before it is no integer of Redis'.
local people = gone > 0 and redis.call('HINCRBY', KEYS[1], 'people', -gone) or tonumber(redis.call('HGET', KEYS[1], 'people'))
if people <= 0 then redis.call('DEL', KEYS[1]) else redis.call('HSET', KEYS[1], 'swept', last + 1) end
return gone
