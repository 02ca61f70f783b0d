-- What stands against a campaign's people, many at once.
--
-- KEYS  1 s:all   2 s:{group}   3 s:hold   4 withdrawn:{purpose}; none: it does not matter
-- ARGV  numbers
-- Returns a letter each: s suppressed, h held until somebody decides, w they took that consent back, - nothing
local letters = {}
local all = redis.call('HMGET', KEYS[1], unpack(ARGV))
local group = redis.call('HMGET', KEYS[2], unpack(ARGV))
local hold = redis.call('HMGET', KEYS[3], unpack(ARGV))
local back = KEYS[4] and redis.call('HMGET', KEYS[4], unpack(ARGV)) or {}
for i = 1, #ARGV do letters[i] = (all[i] or group[i]) and 's' or hold[i] and 'h' or back[i] and 'w' or '-' end
return table.concat(letters)
