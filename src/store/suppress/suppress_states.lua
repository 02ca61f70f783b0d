-- What stands against a campaign's people, many at once.
--
-- (after contacts.lua)
-- KEYS  1 s:all   2 s:{group}   3 s:hold   4 the book of contacts   5… withdrawn:{word}, of each word
-- ARGV  1 when it begins [minutes since 1970]   2 cap in 24 hours, 0 = none   3 in 7 days   4 prints (core/cap.h); "" = there
--       is no cap   5… numbers
-- Returns a letter each: s suppressed, h held until somebody decides, w they want no more of one of the words, c texted as often as the cap allows, - nothing
local letters = {}
local all = redis.call('HMGET', KEYS[1], unpack(ARGV, 5))
local group = redis.call('HMGET', KEYS[2], unpack(ARGV, 5))
local hold = redis.call('HMGET', KEYS[3], unpack(ARGV, 5))
local back = {}
for k = 5, #KEYS do
  for i, record in ipairs(redis.call('HMGET', KEYS[k], unpack(ARGV, 5))) do back[i] = back[i] or record end
end
local book = ARGV[4] ~= '' and contacts_open(KEYS[4], ARGV[4], tonumber(ARGV[1]))
local day, week = cap_limits(ARGV[2], ARGV[3])
for i = 1, #ARGV - 4 do
  letters[i] = (all[i] or group[i]) and 's' or hold[i] and 'h' or back[i] and 'w'
    or book and contacts_full(book, i, day, week) and 'c' or '-'
end
return table.concat(letters)
