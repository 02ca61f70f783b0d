-- (after audit.lua, direct_again.lua) A process tells what its journal holds beyond a store that went back, or that it has brought it. When all who know the store
-- have brought theirs (or, after `accept`, all who are there), it is good again: a new id, and a mark above all that was seen.
--
-- KEYS, ARGV: store/mark/names.h
-- Returns "over", "waits", or "none": it did not go back
local THERE_MS = 10000 -- heard of within so long
local t = ARGV[NOW] == '' and redis.call('TIME') or nil
local now_ms = t and t[1] * 1000 + math.floor(t[2] / 1000) or math.floor(tonumber(ARGV[NOW]) / 1000)
local s = redis.call('HMGET', KEYS[STORE], 'back', 'apply', 'accept', 'id', 'mark', 'back_seen', 'back_ms')
if not s[1] then return 'none' end
if s[7] ~= ARGV[SINCE] then return 'waits' end -- brought into what was lost meanwhile: it went back once more, and the caller does not know yet
redis.call('HSET', KEYS[STORE] .. (ARGV[BROUGHT] == '1' and ':brought' or ':missing'), ARGV[INSTANCE], ARGV[SUMMARY])
if ARGV[ID] ~= '' then redis.call('SADD', KEYS[FORMER], ARGV[ID]) end
for i = LOST, #ARGV, 2 do redis.call('HSET', KEYS[STORE] .. ':lost', ARGV[i] .. ' ' .. ARGV[INSTANCE], ARGV[i + 1]) end
if ARGV[BROUGHT] ~= '1' or not s[2] then return 'waits' end

local peers = redis.call('HGETALL', KEYS[PEERS])
for i = 1, #peers, 2 do
  local heard = tonumber(string.match(peers[i + 1], '(%d+)$'))
  local is_there = math.abs(now_ms - heard) <= THERE_MS
  if redis.call('HEXISTS', KEYS[STORE] .. ':brought', peers[i]) == 0 and (is_there or not s[3]) then return 'waits' end
end

direct_again(KEYS[BOOK_LEDGER], KEYS[UNQUEUED], now_ms)
local above = math.max(tonumber(s[5] or '0'), tonumber(s[6] or '0')) + 1
redis.call('SADD', KEYS[FORMER], s[4])
redis.call('HSET', KEYS[STORE], 'id', ARGV[NEW_ID], 'mark', string.format('%.0f', above), 'restored_ms',
  string.format('%.0f', now_ms), 'restored_how', s[3] and 'accept' or 'apply', 'restored_back', s[1])
redis.call('HINCRBY', KEYS[STORE], 'restores', 1)
redis.call('HDEL', KEYS[STORE], 'back', 'back_ms', 'back_by', 'back_mark', 'back_seen', 'apply', 'accept')
local words = KEYS[STORE] .. ':words'
for _, campaign in ipairs(redis.call('SMEMBERS', words)) do
  local stamp = redis.call('HGET', words .. ':' .. campaign, 'stamp')
  if stamp then redis.call('HSET', KEYS[CAMPAIGNS] .. campaign, 'stamp', stamp) end
  redis.call('UNLINK', words .. ':' .. campaign)
end
redis.call('UNLINK', words, words .. ':optouts', words .. ':moves', words .. ':taken')
audit(KEYS[AUDIT], {at_ms = string.format('%.0f', now_ms), who = ARGV[INSTANCE], what = 'the store is made good: sending goes on'})
return 'over'
