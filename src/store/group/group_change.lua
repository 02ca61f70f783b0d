-- (after follow_changed.lua, audit.lua, mark.lua, taken.lua) Makes a group, or changes what is said of it. Which of its own words mean STOP, and which no more, is told (store/told.h): a store
-- that forgets one of them would let people be texted who have said it.
--
-- ARGV  1 prefix   2 now [wall ms]   3 who   4 group   5 new | change   6 groups at most
--       7… field, value as JSON, field, value, …
-- Returns {"ok", 1, mark, told (taken.lua)}, or {why not}: exists, missing, full
local prefix, now, group, is_new = ARGV[1], ARGV[2], ARGV[4], ARGV[5] == 'new'
local key = prefix .. 'group:info'
local text = redis.call('HGET', key, group)
if is_new and text then return {'exists'} end
if not is_new and not text then return {'missing'} end
if is_new and redis.call('HLEN', key) >= tonumber(ARGV[6]) then return {'full'} end
local record = cjson.decode(text or '{}')
if is_new then record.created = tonumber(now) end
local function tell_words(is, was)
  local before = {}
  for _, word in ipairs(was or {}) do before[word] = true end
  for _, word in ipairs(is) do
    if not before[word] then tell_taken('word', group .. '\31' .. word, record.created or 0, '1') end
    before[word] = nil
  end
  for word in pairs(before) do tell_taken('word', group .. '\31' .. word, record.created or 0, '') end
end
local fields = {}
for i = 7, #ARGV, 2 do
  local value = cjson.decode(ARGV[i + 1])
  if ARGV[i] == 'stop_words' then tell_words(value, record.stop_words) end
  record[ARGV[i]] = value
  fields[#fields + 1] = ARGV[i]
end
redis.call('HSET', key, group, cjson.encode(record))
redis.call('SADD', prefix .. 'groups', group)
changed(prefix .. 'group:changes', 'group:info', group)
audit(prefix .. 'audit', {at_ms = now, who = ARGV[3], group = group,
  what = 'group ' .. group .. (is_new and ' made' or ' changed: ' .. table.concat(fields, ', '))})
return {'ok', 1, take_taken(prefix .. 'store')}
