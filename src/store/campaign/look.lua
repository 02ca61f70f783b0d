-- When the leader looks at a campaign next stands in `due` [wall ms]. Who changes something that it has to act upon says
-- so here; a look can only become earlier, so that none is lost between two who speak at once. 0: at once.
local function look_at(campaign, at)
  local root, id = string.match(campaign, '^(.*)c:(%d+)$')
  if id == '0' then return end
  local was = redis.call('ZSCORE', root .. 'due', id)
  if not was or at < tonumber(was) then redis.call('ZADD', root .. 'due', at, id) end
end

-- (after events.lua) Its status is another: who watches it hears of it.
local function tell_status(campaign, status, by)
  local root, id = string.match(campaign, '^(.*)c:(%d+)$')
  tell(root, 'campaign', id, redis.call('HGET', campaign, 'group'), status, by)
end
