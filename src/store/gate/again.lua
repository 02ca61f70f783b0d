-- The provider refused these people for a reason that seems to have nothing to do with them: they are sent to again when the
-- campaign is resumed, if they stand as refused or undelivered then.
--
-- KEYS, ARGV: store/gate/names.h
local indexes = {}
for i = INDEXES, #ARGV do indexes[#indexes + 1] = ARGV[i] end
again_add(KEYS[CAMPAIGN], indexes, clock(ARGV[NOW]))
return 1
