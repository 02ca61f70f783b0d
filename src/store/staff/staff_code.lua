-- (after staff_common.lua) What a code is for; it is not used up by looking.
--
-- ARGV  1…3   4 hash of the code
-- Returns {"ok", the code's record, the record of its member or ""} or {"no", "gone"}
local code = live_code(ARGV[4])
if not code then return {'no', 'gone'} end
return {'ok', cjson.encode(code), code.member and redis.call('HGET', staff('members'), code.member) or ''}
