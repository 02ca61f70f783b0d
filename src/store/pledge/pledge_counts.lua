-- How many come, of the sessions of some days.
--
-- KEYS  pledges:day:{day} of each
-- Returns {field, value, …} of each
local all = {}
for i, key in ipairs(KEYS) do all[i] = redis.call('HGETALL', key) end
return all
