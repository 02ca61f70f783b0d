-- Stands before scripts that set or lift that somebody must not be texted: what they say about it is told to the caller, who
-- keeps it elsewhere, too, before anybody hears of it (store/told.h).
local told = {}

-- set (or said again) | lift, the scope, whose key, when [wall ms], why.
local function tell_optout(what, scope, key, ms, why)
  local n = #told
  told[n + 1], told[n + 2], told[n + 3] = what, scope, (string.gsub(key, '%z', ''))
  told[n + 4], told[n + 5] = string.format('%.0f', tonumber(ms)), why
end

-- The group whose scope it is; "" of a scope that is no group's.
local function group_of_scope(scope) return scope ~= 'all' and scope ~= 'hold' and scope or '' end

-- All since it was last taken, with a zero byte behind each field; nil: nothing was.
local function take_told()
  if #told == 0 then return nil end
  local text = table.concat(told, '\0') .. '\0'
  told = {}
  return text
end

-- What a batch has set names it in its record (store/suppress_batch.h). Said again by anybody else it is not the batch's alone any
-- more, and the name goes out of it.
local function batch_of(record) return string.match(record, '^{"reason":"[^"]*","at_ms":%d+,"batch":"(%x+)"') end
local function without_batch(record) return (string.gsub(record, '^({"reason":"[^"]*","at_ms":%d+),"batch":"%x+"', '%1')) end

-- Whose word it is, and which one is later. A key: the digits of a number, or '~' and an address (inbox/person_common.lua).
local function is_number(key) return key ~= '' and string.sub(key, 1, 1) ~= '~' end

-- Providers tell whole seconds: within one, the order in which things came decides.
local function second(ms) return math.floor(tonumber(ms or '0') / 1000) end

-- Whose ids are these? A key, or nil.
local function linked(prefix, ids)
  for _, id in ipairs(ids) do
    local key, hops = id ~= '' and redis.call('HGET', prefix .. 'link', id), 0
    while key and not is_number(key) and hops < 4 do
      local further = redis.call('HGET', prefix .. 'link', string.sub(key, 2))
      if not further then return key end
      key, hops = further, hops + 1
    end
    if key then return key end
  end
end

-- When a record's reason was last given.
local function said_ms(record)
  return tonumber(string.match(record, ',"last_ms":(%d+)}$') or
    string.match(record, '^{"reason":"[^"]*","at_ms":(%d+)') or '0')
end
