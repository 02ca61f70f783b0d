-- What people said to a campaign.
--
-- KEYS  1 convof:{group}
-- ARGV  1 key prefix of conversations ("muster:conv:")   2 campaign   3… numbers
-- Returns for each "-", or "+" and the tags of their conversation
local said, ids = {}, redis.call('HMGET', KEYS[1], unpack(ARGV, 3))
for i, id in ipairs(ids) do
  local c = id and redis.call('HMGET', ARGV[1] .. id, 'campaign', 'tags') or {}
  said[i] = c[1] == ARGV[2] and '+' .. (c[2] or '') or '-'
end
return said
