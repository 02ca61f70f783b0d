-- (after optouts.lua, mark.lua, audit.lua, direct_common.lua, events.lua, conv_common.lua, conv_queue.lua, conv_tags.lua, person_common.lua, person_find.lua, inbound_together.lua, inbound_said.lua, inbound_event.lua) What came
-- in, many events in one call, in the order in which they came. A webhook is answered 200 only after its events are stored
-- here; the same event again changes nothing.
--
-- One that fails (a key of the wrong kind) takes no other person's along; what the same person says later in this call fails
-- with it, so that it is not stored before.
--
-- ARGV: store/inbox/inbound_names.h, once for the call, and then of each event
-- Returns for each event {"stored", id, suppressed now 0|1, suppressions lifted, index of the automatic answer or -1, not
-- kept 0|1: only counted, audience and index of somebody whose name is not known yet, or 0, 0, what was told}, or
-- {"duplicate", id, what was told}, or {"failed", why}. What was told about being texted, now or when it was stored
-- (optouts.lua), or absent. Last the mark, or nothing: there were no such events.
local n, failed, some_failed, some_told, results = (#ARGV - FIRST + 1) / WIDTH, {}, false, false, {}

local function known_as(base) return {ARGV[base + KEY], ARGV[base + USER_ID], ARGV[base + PARENT_ID]} end

local function waits_behind(base)
  if not some_failed then return false end
  for _, name in ipairs(known_as(base)) do
    if failed[name] then return true end
  end
  return false
end

local function fail(base, why)
  some_failed = true
  for _, name in ipairs(known_as(base)) do
    if name ~= '' then failed[name] = true end
  end
  return {'failed', type(why) == 'table' and why.err or tostring(why)}
end

-- The identities of what strangers say are many: beyond the bound they are kept for as long as a provider retries.
local function remember(e, seen, told)
  local for_ms = ARGV[e.base + REMEMBER]
  redis.call('SET', seen, told and e.id .. ' ' .. told or e.id, 'PX', e.beyond and math.min(tonumber(for_ms), HOUR_MS) or for_ms)
end

-- What `seen` says of an event that was stored before.
local function duplicate(known)
  local id, told = string.match(known, '^(%d+) ?(.*)$')
  some_told = some_told or told ~= ''
  return {'duplicate', tonumber(id), told ~= '' and told or nil}
end

local function receive(base, seen)
  local known = redis.call('GET', seen)
  if known then return duplicate(known) end
  if waits_behind(base) then return fail(base, 'an earlier word of this person was not stored') end
  local e = event_at(base)
  local result, is_kept = store(e, base)
  local told = take_told()
  if is_kept then remember(e, seen, told) end
  result[9], some_told = told, some_told or told ~= nil
  return result
end

for i = 1, n do
  local base = FIRST + (i - 1) * WIDTH - 1
  local seen = ARGV[PREFIX] .. 'seen:' .. ARGV[base + EVENT]
  local ok, result = pcall(receive, base, seen)
  if not ok then
    result = fail(base, result)
    take_told()
  end
  results[i] = result
end
write_together(ARGV[PREFIX])
results[n + 1] = some_told and mark_move(ARGV[PREFIX] .. 'store')
return results
