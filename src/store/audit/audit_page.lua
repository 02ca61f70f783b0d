-- A page of the trail, the newest first: its streams as one, by the ids that Redis gave.
--
-- KEYS  1 audit
-- ARGV  1 the cursor: "" or what the page before returned   2 how many at most   3 how many are looked at, at most
--       4 groups (call_groups)   5 who: a part of a name or an id, in small letters; "" = anybody   6 what it begins with; ""
--       7 and 8 from and until when [ms], until not among them; "" = always
-- Returns {cursor of the next page, "" = this is the last; then at_ms, who, id, way, address, group, what, whom, why of each}
local STREAMS = {'', ':kept', ':inbox'}
local cursor, most, left, groups, who, what = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4], ARGV[5], ARGV[6]
local from, until_ms = ARGV[7] ~= '' and ARGV[7] or '-', ARGV[8]

-- "ms-seq.k": the last that was looked at stood in the k-th stream; of what has that id, the streams behind it are not looked at.
local last_id, last_k = string.match(cursor, '^(%d+%-%d+)%.(%d)$')
if not last_id and until_ms ~= '' then last_id, last_k = until_ms .. '-0', '3' end

-- Before the first id there is nothing, and Redis does not take it as an end.
local function fetch(s, to)
  s.list, s.at = to == '(0-0' and {} or redis.call('XREVRANGE', KEYS[1] .. STREAMS[s.k], to, from, 'COUNT', 100), 1
end
local function newer(a, b) -- ids
  local a_ms, a_seq = string.match(a, '(%d+)-(%d+)')
  local b_ms, b_seq = string.match(b, '(%d+)-(%d+)')
  if a_ms ~= b_ms then return tonumber(a_ms) > tonumber(b_ms) end
  return tonumber(a_seq) > tonumber(b_seq)
end

-- Of an entry about several groups, the first that may be seen; who sees all sees that it is about none alone.
local function group_of(e)
  local group = e.group or ''
  if not e.groups then return group ~= '' and group or groups ~= '' and '?' or '' end
  for group in string.gmatch(groups ~= '' and e.groups or '', '[^,]+') do
    if string.find(groups, ',' .. group .. ',', 1, true) then return group end
  end
  return groups ~= '' and '?' or ''
end

local function is_meant(e)
  if what ~= '' and string.sub(e.what, 1, #what) ~= what then return false end
  if groups ~= '' and not string.find(groups, ',' .. e.group .. ',', 1, true) then return false end
  return who == '' or string.find(string.lower(e.who), who, 1, true) or string.lower(e.id or '') == who
end

local streams = {}
for k = 1, #STREAMS do
  local s = {k = k}
  fetch(s, not last_id and '+' or k <= tonumber(last_k) and '(' .. last_id or last_id)
  streams[k] = s
end

local out, n = {''}, 0
while n < most and left > 0 do
  local first
  for _, s in ipairs(streams) do
    if s.at > #s.list and #s.list == 100 then fetch(s, '(' .. s.list[100][1]) end
    if s.list[s.at] and (not first or newer(s.list[s.at][1], first.list[first.at][1])) then first = s end
  end
  if not first then
    out[1] = ''
    return out
  end
  local entry, e = first.list[first.at], {}
  first.at, left = first.at + 1, left - 1
  for i = 1, #entry[2], 2 do e[entry[2][i]] = entry[2][i + 1] end
  out[1] = entry[1] .. '.' .. first.k
  e.group = group_of(e)
  if is_meant(e) then
    n = n + 1
    for _, field in ipairs({'at_ms', 'who', 'id', 'way', 'address', 'group', 'what', 'whom', 'why'}) do
      out[#out + 1] = e[field] or ''
    end
  end
end
return out
