-- Was Redis' clock set back? Then a message that was delivered before is idle since a time to come, and nobody could take
-- it over from a dead consumer until then: its idle time begins now, in its owner's name. Who asks first cannot know, and
-- does the same.
--
-- KEYS  1 q:{lane}  2 when this was asked last [wall ms]
-- ARGV  1 group
-- Returns how many were set right.
local t = redis.call('TIME')
local now, before = t[1] * 1000 + math.floor(t[2] / 1000), redis.call('GET', KEYS[2])
redis.call('SET', KEYS[2], string.format('%.0f', now))
if before and now >= tonumber(before) then return 0 end
local from, n, some = '-', 0
repeat
  some = redis.call('XPENDING', KEYS[1], ARGV[1], from, '+', 1000)
  for _, message in ipairs(some) do
    local id, owner, idle_ms = message[1], message[2], message[3]
    if idle_ms == 0 then
      redis.call('XCLAIM', KEYS[1], ARGV[1], owner, 0, id, 'JUSTID')
      n = n + 1
    end
    from = '(' .. id
  end
until #some < 1000
return n
