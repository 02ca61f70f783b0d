-- (after follow_changed.lua, audit.lua) Switches a rule of law off, or on again.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 rule   5 group, or empty   6 off | on   7 why
-- Returns {"ok"}, or {"on"}: it is on already
local prefix, now, who, rule, group, to, why = unpack(ARGV)
local key, field = prefix .. 'law:off', rule .. ':' .. group
if to == 'off' then
  redis.call('HSET', key, field, cjson.encode({why = why, by = string.match(who, '^[^\31]*'), at = tonumber(now)}))
elseif redis.call('HDEL', key, field) == 0 then
  return {'on'}
end
changed(prefix .. 'law:changes', 'law:off', field)
audit(prefix .. 'audit', {at_ms = now, who = who, group = group, why = why, what = 'rule ' .. rule .. ' switched ' .. to})
return {'ok'}
