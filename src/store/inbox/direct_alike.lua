-- (after direct_common.lua) How many other messages of the same words to the same number the provider may have taken at
-- about the same time: a look-up by person, words and time cannot tell them apart.
--
-- ARGV  1 prefix   2 number   3 text   4 recorded from [wall ms]   5 until [wall ms]   6 this one does not count, or ''
--       7… older spellings of the number, under which it may have been recorded
-- Returns how many; one that a person had sent again counts as often as it was handed over.
local PENDING, REFUSED, SKIPPED, UNKNOWN = 0, 7, 8, 11
local prefix, n = ARGV[1], 0
local function words(text) return string.match(text, '^%s*(.-)%s*$') end

-- A person may have left one unknown: then nobody ever knew.
local function may_be_there(index)
  local state = ledger_state(prefix, 0, index)
  if state == REFUSED then
    local why = redis.call('HGET', prefix .. 'c:0:d', index)
    return why and string.sub(why, 1, 8) == 'left by '
  end
  return state ~= PENDING and (state < SKIPPED or state == UNKNOWN)
end

for _, number in ipairs({ARGV[2], unpack(ARGV, 7)}) do
  for _, index in ipairs(redis.call('ZRANGEBYSCORE', prefix .. 'dmto:' .. number, ARGV[4], ARGV[5])) do
    local m = redis.call('HMGET', prefix .. 'dm:' .. index, 'text', 'resent')
    if index ~= ARGV[6] and m[1] and words(m[1]) == words(ARGV[3]) then
      n = n + tonumber(m[2] or '0')
      if may_be_there(tonumber(index)) then n = n + 1 end
    end
  end
end
return n
