-- (after follow_changed.lua, audit.lua) Removes a group that has nothing and nobody any more.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 group
-- Returns {"ok"}, {"missing"}, or {"has", what it still has}
local prefix, group = ARGV[1], ARGV[4]
local key = prefix .. 'group:info'
if redis.call('HEXISTS', key, group) == 0 then return {'missing'} end

local function has(one, many, count)
  if count > 0 then return {'has', string.format('%d %s', count, count == 1 and one or many)} end
end

local function members()
  local n = 0
  for _, text in ipairs(redis.call('HVALS', prefix .. 'staff:members')) do
    local member = cjson.decode(text)
    local groups = type(member.groups) == 'table' and table.concat(member.groups, ',') or member.groups or ''
    if member.state ~= 'out' and string.find(',' .. groups .. ',', ',' .. group .. ',', 1, true) then n = n + 1 end
  end
  return n
end

local left = has('campaign', 'campaigns', redis.call('ZCARD', prefix .. 'campaigns:' .. group))
  or has('schedule', 'schedules', redis.call('ZCARD', prefix .. 'schedules:' .. group))
  or has('list', 'lists', redis.call('ZCARD', prefix .. 'frozen:' .. group))
  or has('conversation', 'conversations', redis.call('ZCARD', prefix .. 'inbox:' .. group) + redis.call('ZCARD', prefix .. 'closed:' .. group))
  or has('opt-out', 'opt-outs', redis.call('HLEN', prefix .. 's:' .. group))
  or has('place', 'places', tonumber(redis.call('HGET', prefix .. 'group:places', group) or '0'))
  or has('person', 'people', members())
if left then return left end
redis.call('HDEL', key, group)
redis.call('DEL', prefix .. 'tags:' .. group, prefix .. 'suggestions:' .. group)
redis.call('SREM', prefix .. 'groups', group)
changed(prefix .. 'group:changes', 'group:info', group)
audit(prefix .. 'audit', {at_ms = ARGV[2], who = ARGV[3], group = group, what = 'group ' .. group .. ' removed'})
return {'ok'}
