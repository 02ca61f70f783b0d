-- To whom an author launched within a day without a second person. (A part that is put in front of other scripts, after the
-- names of the statuses.)
--
-- launched:{author}   "id:people" of their launches, by when
local ALONE_MS, ALONE_LAUNCHES = 86400000, 1000

-- prefix: of campaigns. What was cancelled before it ran went to nobody.
local function launched_alone(key, prefix, now)
  local people = 0
  redis.call('ZREMRANGEBYSCORE', key, '-inf', tonumber(now) - ALONE_MS)
  for _, one in ipairs(redis.call('ZRANGE', key, -ALONE_LAUNCHES, -1)) do
    local id, n = string.match(one, '^(%d+):(%d+)$')
    local c = redis.call('HMGET', prefix .. id, 'status', 'first_running_ms')
    if c[1] ~= CAMPAIGN_CANCELLED or c[2] then people = people + tonumber(n) end
  end
  return people
end

local function note_alone(key, id, people, now)
  redis.call('ZADD', key, now, id .. ':' .. people)
  redis.call('PEXPIRE', key, ALONE_MS)
end
