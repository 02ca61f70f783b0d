-- What a campaign said before, the oldest first.
--
-- KEYS  1 its earlier texts   2 campaign
-- Returns {text, gateway, by, until [wall ms], people, text, …}
local out = {}
local texts = tonumber(redis.call('HGET', KEYS[2], 'texts') or '1')
for v = 1, texts - 1 do
  local t = redis.call('HMGET', KEYS[1], v .. ':text', v .. ':gateway', v .. ':by', v .. ':until_ms', v .. ':people')
  for i = 1, 5 do out[#out + 1] = t[i] or '' end
end
return out
