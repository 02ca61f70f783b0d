-- What stands against a campaign's people, many at once.
--
-- KEYS  1 s:all   2 s:{group}   3 s:hold
-- ARGV  numbers
-- Returns a letter each: s suppressed, h held until somebody decides, - nothing
local letters = {}
local all = redis.call('HMGET', KEYS[1], unpack(ARGV))
local group = redis.call('HMGET', KEYS[2], unpack(ARGV))
local hold = redis.call('HMGET', KEYS[3], unpack(ARGV))
for i = 1, #ARGV do letters[i] = (all[i] or group[i]) and 's' or hold[i] and 'h' or '-' end
return table.concat(letters)
