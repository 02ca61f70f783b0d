-- (after follow_changed.lua, audit.lua) Makes a group, or changes what is said of it.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 group   5 new | change   6 groups at most
--       7… field, value as JSON, field, value, …
-- Returns {"ok"}, or {why not}: exists, missing, full
local prefix, now, group, is_new = ARGV[1], ARGV[2], ARGV[4], ARGV[5] == 'new'
local key = prefix .. 'group:info'
local text = redis.call('HGET', key, group)
if is_new and text then return {'exists'} end
if not is_new and not text then return {'missing'} end
if is_new and redis.call('HLEN', key) >= tonumber(ARGV[6]) then return {'full'} end
local record = cjson.decode(text or '{}')
if is_new then record.created = tonumber(now) end
local fields = {}
for i = 7, #ARGV, 2 do
  record[ARGV[i]] = cjson.decode(ARGV[i + 1])
  fields[#fields + 1] = ARGV[i]
end
redis.call('HSET', key, group, cjson.encode(record))
redis.call('SADD', prefix .. 'groups', group)
changed(prefix .. 'group:changes', 'group:info', group)
audit(prefix .. 'audit', {at_ms = now, who = ARGV[3], group = group,
  what = 'group ' .. group .. (is_new and ' made' or ' changed: ' .. table.concat(fields, ', '))})
return {'ok'}
