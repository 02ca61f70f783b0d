-- (after direct_common.lua) One message to one number that belongs to no conversation: a test.
--
-- ARGV  1 prefix   2 now [wall ms]   3… field, value, … of the record
-- Returns the index.
local fields = {}
for i = 3, #ARGV do fields[#fields + 1] = ARGV[i] end
return direct_allot(ARGV[1], ARGV[2], fields)
