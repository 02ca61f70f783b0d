-- (after the ledger's prelude) One page of the answers, confirmations and tests: those to the person go. Who waited for one
-- is skipped. Or of the events that were handled: what they said about being texted goes, that they were handled stays.
--
-- ARGV  1 now, for the prelude   2 prefix   3 cursor   4 pattern of their keys   5… what they are called
-- Returns {next cursor, how many went}
local prefix, known, n = ARGV[2], {}, 0
for i = 5, #ARGV do known[ARGV[i]] = true end
local book = prefix .. 'c:0'

local function skip(index)
  local ledger = ledger_open(book .. ':l', index, index)
  if ledger.get(index) ~= PENDING then return end
  ledger.set(index, SKIPPED)
  ledger.save(book)
  redis.call('HSET', book .. ':d', index, 'forgotten')
end

local seen = prefix .. 'seen:'
local function unsay(key)
  local said = redis.call('GET', key) or ''
  for i = 5, #ARGV do
    if string.find(said, '\0' .. ARGV[i] .. '\0', 1, true) then -- a field of optouts.lua
      redis.call('SET', key, string.match(said, '^%d+'), 'KEEPTTL')
      return
    end
  end
end

local page = redis.call('SCAN', ARGV[3], 'MATCH', ARGV[4], 'COUNT', 500)
for _, key in ipairs(page[2]) do
  local is_event = string.sub(key, 1, #seen) == seen
  local index = not is_event and tonumber(string.match(key, ':(%d+)$') or '')
  if is_event then
    unsay(key)
  elseif index and known[redis.call('HGET', key, 'to') or ''] then
    skip(index)
    redis.call('ZREM', prefix .. 'dm:pending', index)
    redis.call('DEL', key)
    n = n + 1
  end
end
return {page[1], n}
