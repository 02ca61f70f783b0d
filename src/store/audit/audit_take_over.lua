-- (after audit.lua) An older Muster kept what it lifted of suppressions and holds in a list of its own. Its entries go into the
-- trail, the oldest first, some in each call.
--
-- KEYS  1 suppress:audit   2 audit
-- Returns how many are left
local EACH = 500

-- {"action":…,"scope":…,"number":…,"by":…,"why":…,"at_ms":…,"was":record}; what nobody can read is kept as it is.
local function take_over(entry)
  local can, e = pcall(cjson.decode, entry)
  if not can or type(e) ~= 'table' then e = {} end
  local function text(field) return type(e[field]) == 'string' and e[field] or '' end
  local held = string.match(text('action'), '^hold%.(.*)$')
  audit(KEYS[2], {at_ms = string.format('%.0f', tonumber(e.at_ms) or 0), who = text('by'), why = text('why'), whom = text('number'),
    what = held and 'hold ended: ' .. held or 'suppression lifted: ' .. text('scope'),
    was = string.match(entry, ',"was":(.*)}$') or entry})
end

for _, entry in ipairs(redis.call('LRANGE', KEYS[1], 0, EACH - 1)) do take_over(entry) end
redis.call('LTRIM', KEYS[1], EACH, -1)
return redis.call('LLEN', KEYS[1])
