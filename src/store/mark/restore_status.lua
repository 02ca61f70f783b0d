-- What is known of a store that went back, and of the last time that it was made good.
--
-- KEYS  1 store   2 peers
-- Returns {the store, peers, missing, brought, lost}: each {field, value, field, …}
local found = {}
for i, key in ipairs({KEYS[1], KEYS[2], KEYS[1] .. ':missing', KEYS[1] .. ':brought', KEYS[1] .. ':lost'}) do
  found[i] = redis.call('HGETALL', key)
end
return found
