-- What is kept of people's consent and was last used before that day goes, a bucket at a time.
--
-- KEYS  1 consent:p:{bucket}
-- ARGV  1 the first day that stays [days since 1970]
-- Returns how many people's went.
local went, all = 0, redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local lines = {}
  for line in string.gmatch(all[i + 1], '[^ ]+') do
    local first, more = string.match(line, '%.(%d+)%.(%d+)%.%d+$')
    if first and tonumber(first) + tonumber(more) >= tonumber(ARGV[1]) then lines[#lines + 1] = line end
  end
  local now = table.concat(lines, ' ')
  if now == '' then
    redis.call('HDEL', KEYS[1], all[i])
    went = went + 1
  elseif now ~= all[i + 1] then
    redis.call('HSET', KEYS[1], all[i], now)
  end
end
return went
