-- (after pledge_common.lua) A person's pledges name nobody any more. Those that are open end, so that somebody else may come.
--
-- ARGV  1 prefix   2 now [wall ms]   3… what they are called
-- Returns how many.
local n = 0
local function forget(person, one)
  cancel(one.session, one.n, '', false)
  local r = read(one.session, one.n)
  redis.call('HDEL', key_of(one.session), '@' .. person)
  redis.call('ZREM', P .. 'pledges:untold', name_of(one.session, one.n))
  if not r then return end
  r.p, r.l, r.tell = '', '', nil
  write(one.session, one.n, r)
  n = n + 1
end
for i = 3, #ARGV do
  for _, one in ipairs(pledges_of(ARGV[i])) do forget(ARGV[i], one) end
  redis.call('HDEL', P .. 'pledgers', ARGV[i])
end
return n
