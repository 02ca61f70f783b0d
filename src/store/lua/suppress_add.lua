-- Numbers that must not be texted any more. The first record stays: it is the evidence.
--
-- KEYS  1 s:{scope}
-- ARGV  number, record, number, record, …
-- Returns how many were new.
local added = 0
for i = 1, #ARGV, 2 do
  added = added + redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1])
end
return added
