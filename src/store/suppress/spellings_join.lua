-- (after conv_common.lua, person_common.lua) Some entries of a hash stand under older spellings of numbers: what they say
-- holds for the number of today.
--
-- ARGV  1 prefix   2 the hash: s:{scope} | convof:{group} | groupof | started   3… old number, number of today, …
-- Returns how many were joined; what was joined before counts no more.
local prefix, hash = ARGV[1], ARGV[2]
local key, scope, group = prefix .. hash, string.match(hash, '^s:(.*)$'), string.match(hash, '^convof:(.*)$')

local function is_manual(record) return string.find(record, '{"reason":"manual"', 1, true) == 1 end
local function first_ms(record) return tonumber(string.match(record, '^{"reason":"[^"]*","at_ms":(%d+)') or '0') end

-- One of us decided, so no START lifts it: that is the stronger one. Else the older one is the evidence.
local function is_better(a, b)
  if is_manual(a) ~= is_manual(b) then return is_manual(a) end
  return first_ms(a) < first_ms(b)
end

local function without_mark(record) return (string.gsub(record, ',"joined":"%d+"', '')) end
local function with_last(record, ms)
  if ms <= said_ms(record) or string.sub(record, -1) ~= '}' then return record end
  record = string.gsub(record, ',"last_ms":%d+}$', '}')
  return string.sub(record, 1, -2) .. ',"last_ms":' .. string.format('%.0f', ms) .. '}'
end
local function with_mark(record, number)
  local tail = string.match(without_mark(record), ',"last_ms":%d+}$') or '}'
  record = without_mark(record)
  if string.sub(record, -1) ~= '}' then return record end
  return string.sub(record, 1, -1 - #tail) .. ',"joined":"' .. number .. '"' .. tail
end

local function join_suppression(old, number)
  local record = redis.call('HGET', key, old)
  if not record or string.find(record, ',"joined":"' .. number .. '"', 1, true) then return 0 end
  local there = redis.call('HGET', key, number)
  local lifted = second(redis.call('HGET', prefix .. 'started', number)) > second(said_ms(record))
  if is_manual(record) or not lifted then
    local best = (there and not is_better(record, there)) and there or without_mark(record)
    best = with_last(best, math.max(said_ms(record), there and said_ms(there) or 0))
    redis.call('HSET', key, number, best)
    redis.call('SADD', prefix .. 'suppress:scopes', scope)
  end
  redis.call('HSET', key, old, with_mark(record, number))
  return 1
end

local function join_thread(old, number)
  if redis.call('HEXISTS', key, old) == 0 then return 0 end
  join(prefix, group, old, group, number)
  return 1
end

-- The group of the last conversation; when a person last said START.
local function join_value(old, number)
  local value, there = redis.call('HGET', key, old), redis.call('HGET', key, number)
  if not value or there == value then return 0 end
  if not there or (hash == 'started' and tonumber(value) > tonumber(there)) then redis.call('HSET', key, number, value) end
  return 1
end

local join_one, n = scope and join_suppression or group and join_thread or join_value, 0
for i = 3, #ARGV, 2 do n = n + join_one(ARGV[i], ARGV[i + 1]) end
return n
