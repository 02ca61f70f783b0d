-- What changed in the hashes of a copy (store/follow.h), and what those fields hold now.
--
-- KEYS  1 stream
-- ARGV  1 id of the last entry that was read   2 entries at most   3 prefix   4… the hashes' names
-- Returns {"lost", id of the newest entry}: the stream does not go back that far, read all; or {"ok", id of the last
-- entry, entries, hash (its place in ARGV, from 0), field, value or nothing, …}
local last = ARGV[1]
local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
newest = newest and newest[1] or '0-0'
local known = last ~= '' and (last == newest or #redis.call('XRANGE', KEYS[1], last, last) == 1)
if last == '0-0' then known = redis.call('XLEN', KEYS[1]) < 5000 end
if not known then return {'lost', newest} end
local place = {}
for i = 4, #ARGV do place[ARGV[i]] = i - 4 end
local page = redis.call('XRANGE', KEYS[1], '(' .. last, '+', 'COUNT', ARGV[2])
local newest_of, seen = {}, {}
for i = #page, 1, -1 do
  local hash, field = page[i][2][2], page[i][2][4]
  if not seen[hash .. ' ' .. field] and place[hash] then
    seen[hash .. ' ' .. field] = true
    newest_of[#newest_of + 1] = {hash, field}
  end
end
-- In the order in which they were told: what belongs to something comes behind it.
local reply = {'ok', last, #page}
for i = #newest_of, 1, -1 do
  local hash, field = newest_of[i][1], newest_of[i][2]
  reply[#reply + 1] = place[hash]
  reply[#reply + 1] = field
  reply[#reply + 1] = redis.call('HGET', ARGV[3] .. hash, field)
end
if #page > 0 then reply[2] = page[#page][1] end
return reply
