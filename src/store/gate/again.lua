-- The provider refused these people for a reason that seems to have nothing to do with them: they are sent to again when the
-- campaign is resumed, if they stand as refused or undelivered then.
--
-- KEYS  1 campaign
-- ARGV  1 now [µs] or ""   2… indexes
local indexes = {}
for i = 2, #ARGV do indexes[#indexes + 1] = ARGV[i] end
again_add(KEYS[1], indexes, clock(ARGV[1]))
return 1
